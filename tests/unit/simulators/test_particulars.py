from collections import Counter

from stdnum import luhn
from stdnum.cn import ric, uscc

from hegui.screening import PersonalInformationKind as Kind
from simulators.particulars import neighbours, particulars, sentences


def test_the_same_seed_draws_the_same():
    assert list(sentences(seed=1, count=3)) == list(sentences(seed=1, count=3))
    assert list(neighbours(seed=1, count=90)) == list(neighbours(seed=1, count=90))
    assert list(particulars(seed=1, count=3)) != list(particulars(seed=2, count=3))


def test_every_kind_is_drawn_as_often_as_asked():
    counts = Counter(particular.kind for particular in particulars(seed=1, count=4))
    assert counts.keys() == set(Kind)
    assert min(counts.values()) == 4


def test_numbers_have_their_check_digits():
    for particular in particulars(seed=1, count=30):
        number = particular.value.replace(" ", "").replace("-", "")
        match particular.kind:
            case Kind.RESIDENT_ID:
                assert len(number) == 15 or ric.calc_check_digit(number) == number[-1].upper()
            case Kind.BANK_CARD:
                assert luhn.is_valid(number)
            case Kind.UNIFIED_SOCIAL_CREDIT_CODE:
                assert uscc.is_valid(number)


def test_a_sentence_says_where_its_particular_stands():
    drawn = [particular.value for particular in particulars(seed=1, count=5)]
    for value, sentence in zip(drawn, sentences(seed=1, count=5), strict=True):
        assert sentence.end - sentence.start == len(value)
