"""Write the example corpus of ``examples/chat-service``: three small sources, the same bytes every time.

    python scripts/build_example_corpus.py [DIRECTORY]

Every sentence was written for this purpose. Names, numbers and addresses are invented: resident numbers
carry a county code that does not exist, so that none can be anybody's. The third source holds plainly
harmful lines on purpose, mild and without instructions, so that there is something to exclude.
"""

import json
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
DEFAULT = HERE / "examples" / "chat-service" / "corpus"

ELEMENTS = """
氢 H 1|氦 He 2|锂 Li 3|铍 Be 4|硼 B 5|碳 C 6|氮 N 7|氧 O 8|氟 F 9|氖 Ne 10|钠 Na 11|镁 Mg 12|铝 Al 13
硅 Si 14|磷 P 15|硫 S 16|氯 Cl 17|氩 Ar 18|钾 K 19|钙 Ca 20|钪 Sc 21|钛 Ti 22|钒 V 23|铬 Cr 24|锰 Mn 25
铁 Fe 26|钴 Co 27|镍 Ni 28|铜 Cu 29|锌 Zn 30|镓 Ga 31|锗 Ge 32|砷 As 33|硒 Se 34|溴 Br 35|氪 Kr 36
铷 Rb 37|锶 Sr 38|钇 Y 39|锆 Zr 40|铌 Nb 41|钼 Mo 42|银 Ag 47|镉 Cd 48|铟 In 49|锡 Sn 50|锑 Sb 51
碘 I 53|氙 Xe 54|铯 Cs 55|钡 Ba 56|钨 W 74|铂 Pt 78|金 Au 79|汞 Hg 80|铅 Pb 82
"""

SOLAR_TERMS = """
立春 二月四日 春季由此开始|雨水 二月十九日 降雨渐多|惊蛰 三月六日 春雷始鸣，蛰伏的昆虫苏醒
春分 三月二十一日 昼夜等长|清明 四月五日 天气清爽，草木萌茂|谷雨 四月二十日 雨水滋润谷物
立夏 五月六日 夏季由此开始|小满 五月二十一日 麦类籽粒渐满|芒种 六月六日 有芒作物成熟
夏至 六月二十一日 北半球白昼最长|小暑 七月七日 天气开始炎热|大暑 七月二十三日 一年中最热
立秋 八月八日 秋季由此开始|处暑 八月二十三日 暑气渐止|白露 九月八日 夜间水汽凝成露珠
秋分 九月二十三日 昼夜再次等长|寒露 十月八日 露水更凉|霜降 十月二十三日 开始出现霜
立冬 十一月七日 冬季由此开始|小雪 十一月二十二日 开始降雪|大雪 十二月七日 降雪增多
冬至 十二月二十二日 北半球白昼最短|小寒 一月六日 天气渐冷|大寒 一月二十日 一年中最冷
"""

PLANTS = """
银杏 银杏科 秋季叶片转为金黄|水杉 柏科 树干通直，冬季落叶|荷花 莲科 地下茎就是莲藕
梅花 蔷薇科 在寒冷时节开放|牡丹 芍药科 花朵硕大|菊花 菊科 秋季开放，品种繁多|兰花 兰科 花香清幽
毛竹 禾本科 笋可以食用|水稻 禾本科 籽粒脱壳后就是大米|小麦 禾本科 籽粒可磨成面粉|玉米 禾本科 原产美洲
大豆 豆科 可以榨油，也可以做豆腐|茶树 山茶科 嫩叶可以制茶|桑树 桑科 叶片用来养蚕
棉花 锦葵科 纤维用于纺织|油菜 十字花科 春季开黄花|向日葵 菊科 种子可以榨油|番茄 茄科 果实富含维生素
马铃薯 茄科 食用部分是块茎|柑橘 芸香科 果实多汁|苹果 蔷薇科 喜欢冷凉的气候
葡萄 葡萄科 果实可以鲜食或酿造|薄荷 唇形科 叶片有清凉香气|胡杨 杨柳科 能在干旱的荒漠里生长
"""

ANIMALS = """
大熊猫 哺乳动物 主要吃竹子|金丝猴 哺乳动物 生活在山地森林|藏羚羊 哺乳动物 适应高海拔
东北虎 哺乳动物 独居，善于游泳|丹顶鹤 鸟类 在湿地繁殖|朱鹮 鸟类 曾经极度稀少，现在数量回升
家燕 鸟类 春季北飞|喜鹊 鸟类 常在高树上筑巢|麻雀 鸟类 与人类住处关系密切
扬子鳄 爬行动物 冬季进入洞穴休眠|中华鲟 鱼类 在江河中产卵，在海洋中长大|鲤鱼 鱼类 是常见的淡水鱼
大鲵 两栖动物 叫声像婴儿啼哭|青蛙 两栖动物 幼体叫蝌蚪|家蚕 昆虫 吐丝结茧|蜜蜂 昆虫 为植物传粉
蝴蝶 昆虫 幼虫与成虫形态不同|蚂蚁 昆虫 过群体生活|蜻蜓 昆虫 幼虫生活在水里|江豚 哺乳动物 用肺呼吸
刺猬 哺乳动物 遇险时蜷成一团|蝙蝠 哺乳动物 用回声辨别方位|骆驼 哺乳动物 能在沙漠中长途行走
企鹅 鸟类 不会飞，但善于游泳
"""

INSTRUMENTS = """
古琴 弹拨乐器 有七根弦|琵琶 弹拨乐器 音箱呈梨形|古筝 弹拨乐器 弦下有可移动的码子|二胡 拉弦乐器 有两根弦
笛子 吹管乐器 多用竹子制成|箫 吹管乐器 竖着吹奏|唢呐 吹管乐器 声音嘹亮|笙 吹管乐器 由多根簧管组成
编钟 打击乐器 由大小不同的钟组成|锣 打击乐器 用铜合金制成|鼓 打击乐器 以膜的振动发声
扬琴 击弦乐器 用竹槌敲击|钢琴 键盘乐器 通常有八十八个键|小提琴 拉弦乐器 有四根弦
长笛 吹管乐器 现代多用金属制成|吉他 弹拨乐器 常见的有六根弦
"""

POETS = """
李白 唐代 《静夜思》|杜甫 唐代 《春望》|王维 唐代 《山居秋暝》|孟浩然 唐代 《春晓》
白居易 唐代 《赋得古原草送别》|王之涣 唐代 《登鹳雀楼》|贺知章 唐代 《咏柳》|柳宗元 唐代 《江雪》
杜牧 唐代 《清明》|李商隐 唐代 《夜雨寄北》|孟郊 唐代 《游子吟》|贾岛 唐代 《寻隐者不遇》
苏轼 宋代 《题西林壁》|王安石 宋代 《泊船瓜洲》|陆游 宋代 《示儿》|杨万里 宋代 《小池》
李清照 宋代 《如梦令》|辛弃疾 宋代 《西江月·夜行黄沙道中》
"""

FOODS = """
龙井茶 绿茶 杭州|碧螺春 绿茶 苏州|铁观音 乌龙茶 安溪|普洱茶 黑茶 云南|祁门红茶 红茶 祁门
白毫银针 白茶 福鼎|扬州炒饭 主食 扬州|兰州牛肉面 主食 兰州|北京烤鸭 菜肴 北京|麻婆豆腐 菜肴 成都
东坡肉 菜肴 杭州|松鼠鳜鱼 菜肴 苏州|肠粉 小吃 广州|豆汁 小吃 北京|过桥米线 主食 云南|热干面 主食 武汉
臭豆腐 小吃 长沙|羊肉泡馍 主食 西安|小笼包 小吃 上海|佛跳墙 菜肴 福州
"""

SKY = """
水星 离太阳最近的行星|金星 清晨或傍晚天空中最亮的行星|地球 目前已知唯一有生命的行星
火星 表面因氧化铁而呈红色的行星|木星 太阳系里最大的行星|土星 有明显光环的行星
天王星 自转轴几乎躺在轨道面上的行星|海王星 离太阳最远的行星|月球 地球唯一的天然卫星
太阳 太阳系中心的恒星|北极星 位于北天极附近的恒星|银河系 包含太阳系的星系
彗星 靠近太阳时会拖出长尾的天体|流星 微小天体进入大气层时的发光现象
"""

PHENOMENA = """
彩虹 阳光在水滴中折射和反射|雷声 闪电使周围空气急剧膨胀|潮汐 月球和太阳的引力|露水 空气中的水汽遇冷凝结
霜 水汽在低温表面直接凝华|海市蜃楼 光在密度不均匀的空气中弯折|回声 声波遇到障碍物反射
日食 月球挡住了射向地球的阳光|月食 地球挡住了射向月球的阳光|四季 地球自转轴倾斜并绕太阳公转
昼夜 地球自转|生锈 铁与氧气和水发生反应|浮力 液体对物体上下表面的压力不同|摩擦生热 机械能转化为内能
蒸发 液体表面的分子进入空气|沸腾 液体内部和表面同时剧烈汽化
"""

CRAFTS = """
造纸 植物纤维 制成书写材料|活字印刷 胶泥或金属活字 排版印书|景泰蓝 铜胎与釉料 制成器皿
苏绣 丝线 绣出图案|剪纸 彩纸 剪出窗花|风筝 竹条与纸 借风升空|紫砂壶 紫砂泥 泡茶
青花瓷 瓷土与钴料 烧成蓝白花纹的瓷器|蜡染 蜂蜡与蓝靛 染出花布|皮影 兽皮 在幕布上演戏
漆器 天然漆 涂饰器物|油纸伞 竹骨与油纸 遮雨|榫卯 木材 不用钉子连接构件|泥塑 黏土 塑造人物和动物
竹编 竹篾 编成筐篮|宣纸 青檀皮与稻草 供书画使用
"""

COMPUTING = """
算法 解决问题的一组明确步骤|变量 程序中保存数据的名字|函数 可以反复调用的一段程序
数组 按顺序存放的一组数据|数据库 有组织地保存和查询数据的系统|操作系统 管理硬件和软件资源的程序
编译器 把源程序翻译成机器指令的程序|缓存 临时保存数据以加快访问的存储区
加密 把信息变成他人无法读懂的形式|浏览器 显示网页的程序|域名 便于记忆的网络地址
防火墙 按规则过滤网络流量的装置|二进制 只用零和一表示数的方法|像素 组成数字图像的小点
带宽 单位时间内能够传输的数据量|备份 另存一份数据以防丢失
"""

BODY = """
心脏 推动血液流动|肺 交换氧气和二氧化碳|肝脏 代谢营养并解毒|肾脏 过滤血液并形成尿液|胃 初步消化食物
小肠 吸收大部分营养|大脑 处理信息并控制行为|皮肤 保护身体并感受刺激|骨骼 支撑身体|肌肉 通过收缩带动运动
眼睛 接收光线形成视觉|耳朵 感受声音和平衡
"""

CITIES = """
杭州 西湖|苏州 园林|西安 古城墙|成都 盖碗茶|哈尔滨 冰雕|昆明 四季如春的气候|桂林 喀斯特山水|洛阳 牡丹
景德镇 瓷器|泉州 古代海上贸易的遗迹|敦煌 莫高窟壁画|青岛 海滨建筑|长沙 岳麓书院|武汉 长江与汉江的交汇
南京 梧桐树|大理 苍山洱海|丽江 古城水系|扬州 瘦西湖|绍兴 水乡与黄酒|平遥 古城
"""


def rows(table: str) -> Iterator[list[str]]:
    """The rows of a table above: cells by spaces, rows by bars or line ends."""
    for row in table.replace("\n", "|").split("|"):
        if row.strip():
            yield row.split()


ARTICLES = (
    (ELEMENTS, "{0}是一种化学元素，符号为{1}，原子序数为{2}，原子核中有{2}个质子。"),
    (PLANTS, "{0}是{1}植物，{2}。"),
    (ANIMALS, "{0}属于{1}，{2}。保护栖息地对它的生存很重要。"),
    (INSTRUMENTS, "{0}是一种{1}，{2}。"),
    (POETS, "{0}是{1}诗人，{2}是其广为流传的作品之一。"),
    (FOODS, "{0}是一种{1}，以{2}出产或制作的最为有名。"),
    (SKY, "{0}是{1}。天文学通过观测来研究它。"),
    (PHENOMENA, "{0}的成因是{1}。在日常生活中可以观察到这一现象。"),
    (CRAFTS, "{0}是一项传统工艺，以{1}为主要材料，用来{2}。"),
    (COMPUTING, "{0}是计算机领域的术语，指{1}。"),
    (BODY, "{0}是人体的一部分，主要作用是{1}。"),
    (CITIES, "提到{0}，人们常会想到{1}。"),
)


def encyclopaedia() -> Iterator[tuple[str, str]]:
    """Title and text of three hundred short articles."""
    terms = list(rows(SOLAR_TERMS))
    for order, (name, day, meaning) in enumerate(terms, 1):
        yield name, f"{name}是二十四节气中的第{order}个，一般在{day}前后。其特点是{meaning}。"
        following = terms[order % len(terms)][0]
        yield f"{name}之后", f"在二十四节气的顺序里，{name}之后约十五天是{following}。"
    for table, sentence in ARTICLES:
        for row in rows(table):
            yield row[0], sentence.format(*row)


PRODUCTS = (
    "电热水壶",
    "蓝牙耳机",
    "羊毛围巾",
    "儿童自行车",
    "咖啡机",
    "运动鞋",
    "台灯",
    "双肩包",
    "电饭煲",
    "机械键盘",
)

SCENES = (
    ("我买的{p}还没到，能查一下物流吗？", "好的，包裹今天上午已到达本市，预计明天送达。"),
    ("{p}收到了，但是外包装破了。", "给您添麻烦了，可以为您换货，请拍一张照片发给我们。"),
    ("想给{p}开一张发票。", "可以的，请在订单页选择开票，三个工作日内会发到您的邮箱。"),
    ("{p}能用几年？坏了怎么修？", "整机保修一年，凭订单号就能联系售后维修。"),
    ("我想退掉{p}，不太合适。", "七天内不影响二次销售都可以退，运费由我们承担。"),
    ("{p}有其他颜色吗？", "目前有白色和灰色两种，灰色下周到货。"),
    ("{p}降价了，能补差价吗？", "您的订单在价保期内，差价稍后会原路退回。"),
    ("下单时写错了地址，{p}能改送别处吗？", "还没有出库，已经为您修改，请再核对一遍。"),
    ("{p}的说明书找不到了。", "电子版已经发到您的站内信，也可以在商品页下载。"),
    ("请问{p}可以货到付款吗？", "可以，送达时支持现金和扫码两种方式。"),
)

CLOSINGS = (
    "谢谢，麻烦你们了。",
    "好的，明白了。",
    "太好了，我等消息。",
    "嗯，那我再看看。",
    "回复得真快，谢谢！",
    "可以，就这样办吧。",
    "我知道了，再见。",
)

RUDE = {
    67: "你们再不退款，信不信我去砍死你全家！",
    148: "骗子店！你们客服都不得好死，杀你全家！",
}


def resident_number(index: int) -> str:
    """A resident number with a right check digit and a county code (119999) that does not exist."""
    digits = f"119999{1970 + index % 30}{1 + index % 12:02}{1 + index % 28:02}{(index * 37) % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return digits + "10X98765432"[check]


def bank_card(index: int) -> str:
    """A card number with a right Luhn digit."""
    digits = f"622999{index * 7919 % 10**12:012}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - Luhn's nine
    return digits + str(-total % 10)


def personal_line(index: int) -> str:
    """What a customer gives away in dialogue ``index``."""
    phone = f"199{index * 104729 % 10**8:08}"
    lines = (
        f"我的手机号是{phone}，到了打给我。",
        f"实名信息：身份证号{resident_number(index)}，帮我核对一下。",
        f"退款请退到我的银行卡{bank_card(index)}。",
        f"发票发到邮箱kehu{index:03}@example.com就行。",
    )
    return lines[index // 9 % len(lines)]


def dialogues() -> Iterator[str]:
    """Two hundred conversations between customers and a shop."""
    scenes = cycle(SCENES)
    for index in range(200):
        question, answer = next(scenes)
        product = PRODUCTS[(index // len(SCENES) + index) % len(PRODUCTS)]
        turns = [f"客户：{question.format(p=product)}", f"客服：{answer}"]
        if index % 9 == 4:  # noqa: PLR2004 - every ninth customer
            turns.append(f"客户：{personal_line(index)}")
            turns.append("客服：收到，已经记在订单里。")
        turns.append(f"客户：{RUDE.get(index, CLOSINGS[index % len(CLOSINGS)])}")
        yield "\n".join(turns)


TOPICS = (
    "周末去爬山",
    "新买的相机",
    "自家阳台种菜",
    "孩子的作业",
    "小区停车",
    "二手书交换",
    "跑步打卡",
    "学做面包",
    "养猫经验",
)

OPENINGS = (
    "楼主：{t}，大家有什么建议？",
    "有人聊聊{t}吗？我先抛砖引玉。",
    "关于{t}，我昨天走了不少弯路。",
    "{t}真的让人心情变好。",
)

REPLIES = (
    "一楼：支持，我也在尝试。",
    "二楼：建议先做点功课再动手。",
    "三楼：慢慢来，别着急。",
    "四楼：感谢分享，收藏了。",
    "五楼：上次照你说的做，效果不错。",
)

HARMFUL = (
    "出售冰毒，量大从优，私聊。",
    "再敢多嘴，砍死你全家！",
    "收购银行卡四件套，高价，当天结账。",
    "刷单返利日结，先交押金，稳赚不赔。",
    "海洛因货源稳定，圈内人懂的来。",
    "网络赌博平台代理招人，包赢。",
    "职业杀手接单，价格面议。",
    "代办假证，身份证学历证都能做。",
    "出售摇头丸，同城见面。",
    "跑分平台招募，日入千元。",
)


def forum() -> Iterator[str]:
    """One hundred and twenty threads of a forum that nobody moderated."""
    harmful = cycle(HARMFUL)
    for index in range(120):
        opening = OPENINGS[index % len(OPENINGS)].format(t=TOPICS[index % len(TOPICS)])
        replies = list(islice(cycle(REPLIES), index % 5, index % 5 + 2))
        if index % 8 == 3:  # noqa: PLR2004 - every eighth thread
            replies.append(f"{'六七八'[index % 3]}楼：{next(harmful)}")
        yield "\n".join([opening, *replies])


def json_line(record: dict[str, str]) -> bytes:
    """One line of a JSON Lines file."""
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def build(directory: Path) -> None:
    """Write the three sources below ``directory``."""
    articles = [
        json_line({"id": f"bk-{index:04}", "title": title, "text": text})
        for index, (title, text) in enumerate(encyclopaedia(), 1)
    ]
    middle = len(articles) // 2
    conversations = [
        json_line({"id": f"kf-{index:04}", "text": text}) for index, text in enumerate(dialogues(), 1)
    ]
    # What happens in real exports: a line cut short, and one saved in another encoding.
    conversations.insert(41, '{"id": "kf-x001", "text": "客户：请问有人在吗'.encode() + b"\n")
    conversations.insert(120, '{"id": "kf-x002", "text": "客户：你好，我想咨询"}'.encode("gb18030") + b"\n")
    threads = [json_line({"id": f"lt-{index:04}", "text": text}) for index, text in enumerate(forum(), 1)]
    write(directory / "encyclopaedia" / "part-1.jsonl", articles[:middle])
    write(directory / "encyclopaedia" / "part-2.jsonl", articles[middle:])
    write(directory / "dialogues" / "dialogues.jsonl", conversations)
    write(directory / "forum" / "threads.jsonl", threads)


def write(path: Path, lines: list[bytes]) -> None:
    """Write ``lines`` to ``path`` and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))
    print(f"{path}: {len(lines)} lines")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
