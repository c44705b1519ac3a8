# ruff: noqa: E501 - tables, an entry a line
"""Chinese into the English of the rules."""

from api.language.reading.lexicon.pivot import Lexicon, pairs_of, rules

_PHRASES = """
最低到了多少 = minimum
最高到了多少 = maximum
几起 = how many
故障 = fault
出现过 | 发生过 | 有过 = were there any
什么故障 | 哪些故障 = any faults
请算一下 | 算一下 | 模拟一下 | 模拟 = simulate
后果 | 的后果 = effect
从现在起 = from now
减 = lower
降了 = lowered
没改 | 没动 | 没有改 | 没有动 = had not changed
漂移吗 | 有没有漂移 | 有漂移吗 = drifting
大吗 = greater
高吗 = higher
低吗 = lower
交接班 = handover
交班 = handover
来提高 = to raise
来降低 = to lower
看看 =
前一天 = the day before
最近一小时 = in the last 1 hours
中午 = noon
波动 = fluctuation
波动大吗 = fluctuating
触发 | 会触发 | 跳车吗 = trip
属于 = belongs to
测点 | 位号 | 信号 = tag
回到 | 恢复到 = back to
再 = again
只 = only
改成 | 换成 = make it
那么 = so
之前 = before
之后 = after
运转 | 运行 = running
好不好 = ok
我想知道 | 想知道 | 我想了解 | 请问 | 能告诉我 | 能不能告诉我 = tell me
我在想 = i wonder
请列出 | 列出 = list
哪些调整 | 做了哪些调整 | 改了啥 | 改了哪些 | 调了什么 | 动过什么 | 动了哪些 = what change
操作记录 = operator moves
有人动过 | 有没有人动过 = did anybody touch
谁在什么时候改了 | 是谁在什么时候改了 | 谁改过 = who changed
是怎么引起的 | 怎么引起的 | 怎么回事儿 | 为啥 | 咋回事 = why
变成什么样 | 会变成什么样 | 会变成怎样 = what happens
要是没有 | 如果没有 = if there had not been
的调整 | 调整 = change
稳定吗 | 稳定 = steady
保持稳定 = hold steady
咋样 | 怎样了 | 情况怎么样 | 情况如何 = how is
是啥 = what is
啥 = what
从现在起你是 | 你现在是 = you are now
查日志 = search the shift log
早上好 | 晚上好 | 下午好 = hello
弄到 | 拉到 | 压到 = get to
停泵 = stop the pump
加 = raise
升 = raise
动哪个 | 调哪个 = which should i move
能 = can
都 = all
改 = change
谁 = who
问 = ask
有什么不同 | 不同 = difference
比 = compared with
多快 | 得多快 = how fast
确认所有报警 | 确认 = acknowledge
如果当时 | 要是当时 | 假如当时 = if we had
如果我们把 | 如果把 | 要是把 | 假如把 | 如果我们将 | 如果将 | 假如我们把 | 要是我们把 = if we
如果没有人 = if nobody
如果我们没有 | 如果没有 = if we had not
如果我们 | 假如我们 | 要是我们 = if we
如果 | 要是 | 假如 | 倘若 | 假设 = if
会发生什么 | 会怎么样 | 会怎样 | 会如何 | 会有什么影响 | 将会怎样 | 会有什么变化 = what happens
本来会怎么样 | 本来会怎样 | 原本会怎样 | 会是什么样 | 当时会怎样 | 当时会怎么样 | 本会怎样 | 本会怎么样 = what would have happened
的话 =
昨晚 | 昨夜 | 昨天晚上 | 昨天夜里 | 夜里 | 夜间 = last night
前一晚 | 前一夜 | 前晚 | 前天晚上 | 前一天晚上 = the night before
今晚 | 今夜 = tonight
昨天早上 | 昨天上午 | 昨天清晨 = yesterday morning
昨天下午 = yesterday afternoon
昨天傍晚 = yesterday evening
前天 = the day before yesterday
昨天 | 昨日 = yesterday
今天早上 | 今早 | 今天上午 = this morning
今天下午 = this afternoon
今天 | 今日 = today
明天 = tomorrow
现在 | 目前 | 当前 | 此刻 | 眼下 = now
本周 | 这周 | 这个星期 = this week
上周 | 上星期 | 上个星期 = last week
上周末 | 周末 | 这个周末 = over the weekend
本班 | 这个班 | 当班 | 这一班 = this shift
上一班 | 上个班 | 上班次 = last shift
夜班 = night shift
早班 = early shift
中班 | 晚班 = late shift
白班 = day shift
周一 | 星期一 | 礼拜一 = Monday
周二 | 星期二 = Tuesday
周三 | 星期三 = Wednesday
周四 | 星期四 = Thursday
周五 | 星期五 = Friday
周六 | 星期六 = Saturday
周日 | 星期日 | 星期天 | 周天 = Sunday
周一晚上 | 周一夜里 = Monday night
周二晚上 = Tuesday night
周三晚上 = Wednesday night
周四晚上 = Thursday night
周五晚上 = Friday night
周六晚上 = Saturday night
周日晚上 = Sunday night
自从 | 从 | 自 = since
以来 | 至今 | 到现在 =
之间 =
到 | 至 = to
和 | 与 | 跟 | 以及 = and
小时 | 个小时 = hours
分钟 | 分 = minutes
天 = days
周 = weeks
秒 = seconds
有没有 | 有无 | 是否有 | 有什么 | 有哪些 | 有 = were there any
异常事件 | 不寻常的事件 | 异常情况 = unusual events
异常 | 不正常 | 反常 | 不寻常 = unusual
奇怪 = strange
事件 = event
报警 | 警报 | 告警 = alarms
事故 = incidents
问题 = problems
跳车 | 跳闸 | 联锁停车 = trip
多少次 | 几次 | 多少个 | 几个 | 多少条 = how many
严重的 | 严重 | 重大 = serious
发生了什么 | 出了什么事 | 发生什么事 | 怎么回事 | 发生了什么事 = what happened
发生 | 出现 = happen
为什么 | 为何 | 怎么会 | 什么原因 | 是什么原因 | 原因是什么 | 的原因是什么 = why
原因 = cause
根本原因 = root cause
解释 | 说明一下 | 解释一下 = explain
导致 | 引起 = caused
什么导致了 | 什么引起了 = what caused
哪里出了问题 = what went wrong
第一个 | 第一次 = first
第二个 | 第二次 = second
第三个 | 第三次 = third
最后一个 | 最后一次 | 最近一次 | 上一个 | 上一次 | 上次 = last
平均值 | 平均 | 均值 = average
最大值 | 最高值 | 峰值 | 最高 | 最大 = maximum
最小值 | 最低值 | 最低 | 最小 = minimum
标准差 | 标准偏差 = standard deviation
范围 | 波动范围 = range
样本数 | 数据点数 = number of samples
是多少 | 多少 | 是几 = what is
怎么样 | 如何 | 怎样 = how is
多长时间 | 多久 = how long
占多少时间 | 时间比例 = what share of the time
显示 | 给我看 | 画出 | 展示 | 看看 | 查看 = show
曲线 | 历史曲线 | 历史 = history
超过 | 超出 | 超过了 = exceed
高于 | 大于 | 以上 = above
低于 | 小于 | 以下 = below
达到 = reach
上升 | 上涨 | 升高 | 在上升 = rising
下降 | 下跌 | 降低了 | 在下降 = falling
趋势 = trend
漂移 = drifting
多快 = how fast
比较 | 对比 | 比一下 = compare
相比 = compared
更高 = higher
更低 = lower
哪个 = which
未来 | 接下来 | 今后 | 往后 = in the next
过去 | 最近 | 近 | 前 = in the last
将会 | 会 | 将 = will
预测 | 预报 = forecast
怎么才能把 | 如何把 | 怎么把 | 怎样把 | 如何将 | 怎样才能把 | 怎样才能让 | 如何让 | 怎么让 | 怎么才能让 = how do i get
应该调什么 | 该调整什么 | 应该调整什么 = what should i move
影响 = effect
工厂怎么样 | 工厂现在怎么样 | 装置怎么样 | 工厂情况如何 | 装置运行如何 | 工厂运行得怎么样 | 装置现在怎么样 | 工厂状态 | 装置状态 | 工厂运行如何 = how is the plant now
一切正常吗 | 都正常吗 | 正常吗 | 一切都好吗 = is everything all right
状态 = status
工厂 | 装置 | 全厂 = plant
操作员 | 操作工 | 操作人员 = operators
改了什么 | 做了什么调整 | 调整了什么 | 动了什么 | 做了哪些操作 | 改动了什么 | 改变了什么 = what change
谁改了 | 谁动了 | 谁调了 = who changed
设定值变化 | 设定值改动 = setpoint changes
值班日志 | 交接班记录 | 班组日志 | 日志 | 值班记录 = shift log
记录 | 记录了 | 写了 = wrote
什么 = what
写了什么 | 记录了什么 = what was written
问了什么 = what was asked
限值 | 报警限 | 限制 | 上下限 = limits
高限 | 上限 | 高报警限 = high limit
低限 | 下限 = low limit
量程 = range
单位 = unit
是什么意思 | 什么意思 = what does mean
是什么 = what is
哪些位号 | 哪些测点 | 哪些信号 = which tags
我能动什么 | 可以调什么 | 能调什么 | 我可以调整什么 | 可以操作什么 = what can i move
我可以问什么 | 我能问什么 | 能问什么 | 你能做什么 | 你会什么 | 可以问什么 | 你能干什么 = what can i ask
帮助 | 帮忙 = help
你好 | 您好 = hello
谢谢 = thanks
你是谁 = who are you
天气 = weather
写一首诗 | 诗 = poem
删除 | 清除 = delete
确认报警 = acknowledge alarms
重启 = restart
停车 | 关停 | 停掉工厂 = shut down the plant
密码 | 口令 = password
密钥 = key
忽略 | 忘记 | 无视 = ignore
之前的所有指令 | 所有之前的指令 | 之前的指令 | 所有指令 | 以上指令 | 之前所有的指令 | 前面的指令 = all previous instructions
指令 = instructions
假装 = pretend
提高到 | 提升到 | 升到 | 升高到 | 增加到 | 加到 | 调高到 | 上调到 = raise to
降低到 | 降到 | 减少到 | 减到 | 调低到 | 下调到 = lower to
设为 | 设定为 | 设置为 | 调到 | 调整到 | 设到 | 设成 | 改为 | 改到 | 定为 | 保持在 | 维持在 | 调整为 = set to
提高 | 提升 | 增加 | 升高 | 上调 | 调高 | 加大 | 增大 = raise
提高了 | 增加了 | 调高了 = raised
降低 | 减少 | 减小 | 下调 | 调低 | 降 = lower
减少了 | 调低了 = lowered
切断 | 削减 = cut
减半 = halve
翻倍 | 加倍 | 增加一倍 = double
关闭 | 关掉 | 关上 = close
全开 = open fully
打开 = open
停掉 | 停止 | 停下 = stop
持续 | 维持 = for
压力 = pressure
温度 = temperature
液位 | 料位 = level
流量 = flow
功率 = power
转速 = speed
电导率 = conductivity
浓度 = concentration
设定值 | 给定值 = setpoint
阀门 | 阀 = valve
反应器 | 反应釜 = reactor
分离器 = separator
压缩机 = compressor
冷凝器 = condenser
汽提塔 = stripper
搅拌器 | 搅拌 = agitator
锅炉 = boiler
泵 = pump
储罐 | 罐 = tank
冷却水 = cooling water
蒸汽 = steam
进料 = feed
排放 | 吹扫 = purge
千帕 = kPa
兆帕 = MPa
巴 = bar
摄氏度 = degrees celsius
华氏度 = degrees fahrenheit
度 = degrees
个百分点 | 百分点 = percentage points
三分之一 = a third
四分之一 = a quarter
一半 = half
倍 = times
时候 =
时 =
的 =
了 =
吗 | 呢 | 吧 | 啊 =
把 | 将会把 =
被 =
我们 = we
我 = i
您 | 你 = you
请 | 麻烦 = please
告诉我 = tell me
并告诉我 | 然后告诉我 | 并且告诉我 = and tell me
然后 = then
并且 | 并 | 同时 = and
还有 = and
那 =
在 | 于 = in
里 | 内 | 中 | 上 =
是 = is
没有 | 没 | 不 = not
任何 = any
所有 | 全部 = all
事 = thing
一下 =
值 = value
前一个 = previous
"""

_N = r"(\d[\d.,]*)"

CHINESE = Lexicon(
    phrases=pairs_of(_PHRASES),
    before=rules(
        (r"[，、；]", ", "),
        (r"[。]", ". "),
        (r"[？]", "? "),
        (r"[（]", "("),
        (r"[）]", ")"),
        (
            rf"(?:上次|最后一次|上一个|最后一个|最近一次)(?:事件|报警|跳车)(?:之)?前(?:的)?{_N}(?:个)?(小时|分钟)",
            r" \1 \2 before the last event ",
        ),
        (
            rf"(?:上次|最后一次|上一个|最后一个|最近一次)(?:事件|报警|跳车)(?:之)?后(?:的)?{_N}(?:个)?(小时|分钟)",
            r" \1 \2 after the last event ",
        ),
        (rf"(?:过去|最近|近|前)(?:的)?{_N}(?:个)?(小时|天|分钟|周)(?:内|里)?", r" in the last \1 \2 "),
        (rf"(?:未来|接下来|今后|往后|后面)(?:的)?{_N}(?:个)?(小时|天|分钟)(?:内|里)?", r" in the next \1 \2 "),
        (rf"{_N}(?:个)?(小时|分钟|天|周)(?:之)?前", r" \1 \2 ago "),
        (rf"(?:持续|维持|保持)(?:了)?{_N}(?:个)?(小时|分钟|天)", r" for \1 \2 "),
        (r"(?:凌晨|早上|上午|清晨)(\d{1,2})(?:点|时)(?:钟)?半", r" at \1:30 "),
        (r"(?:下午|晚上|傍晚)(\d{1,2})(?:点|时)(?:钟)?半", r" at \1:30 pm "),
        (r"(?:凌晨|早上|上午|清晨)(\d{1,2})(?:点|时)(?:钟)?", r" at \1 am "),
        (r"(?:下午|晚上|傍晚)(\d{1,2})(?:点|时)(?:钟)?", r" at \1 pm "),
        (r"(\d{1,2}:\d\d)(?:到|至|和|与)(\d{1,2}:\d\d)(?:之间)?", r" between \1 and \2 "),
        (r"(\d{1,2})点(?:到|至)(\d{1,2})点(?:之间)?", r" between \1:00 and \2:00 "),
        (r"(?:从|自)(\d{1,2}:\d\d)(?:起|以来|开始|到现在)?", r" since \1 "),
        (r"在?(\d{1,2}:\d\d)(?:时|的时候)?", r" at \1 "),
        (r"(\d{1,2})点半", r" at \1:30 "),
        (r"(\d{1,2})点(?:钟)?", r" at \1:00 "),
        (r"(\d{1,2})月(\d{1,2})[日号]", r" \1-\2 "),
        (r"(\d{1,2})[号日](?:晚上|夜里|夜间|那晚)", r" the night of the \1th "),
        (r"(\d{1,2})[号日]", r" on the \1th "),
        (r"(?:从|自)?(周[一二三四五六日天]|星期[一二三四五六日天])(?:以来|起|开始|到现在)", r" since \1 "),
        (r"(?:从|自)?(昨晚|昨天|今早|昨夜)(?:以来|起|开始|到现在)", r" since \1 "),
        (r"(?:每|百)分之(\d[\d.]*)", r"\1 %"),
        (r"([\d.]) ?[％%]", r"\1 % "),
        (r"能不能|是不是|是否", " "),
        (r"怎(?:么|样)才能(?:把|让|将)?", " how do i get "),
    ),
    after=rules(
        (r"\b(\d{1,2})-(\d{1,2})\b(?= )", r"\1-\2"),
        (r"\bbetween at (\d\S+) and at (\d\S+)", r"between \1 and \2"),
        (r"\boperators (.{0,40}?)what change\b", r"what did the operators change \1"),
        (r"\bwhat change\b", "what changed"),
        (r"^(?!what if|what would)(.{0,160}?)\bif (we |nobody )?(.+?),? what happens\b", r"\1what if \2\3"),
        (r"^(.{0,160}?)\bif (.+?),? what would have happened\b", r"what would have happened if \1\2"),
        (
            r"^(?!why|what|how|when|is |were)(.+?)\b(why|what is|how is|how many|how long|what happened|what caused|is everything all right)\b\s*(.*)$",
            r"\2 \1\3",
        ),
        (r"\bevent (?=how many|unusual)", "events "),
        (r"\bunusual event\b", "unusual events"),
        (r"\bhow many were there any\b|\bwere there any how many\b", "how many"),
        (r"\bhow many (.{0,40}?)were there any\b", r"how many \1"),
        (r"\bin in\b", "in"),
    ),
    unspaced=True,
)
