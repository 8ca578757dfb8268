"""Why a pack of a fair, or the journal of its marks, is not taken; Chinese first, English beside.

`failures` takes these up. Each says what is wrong and what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]

REFUSALS: Mapping[str, Words] = {
    # The file.
    "not_a_pack": (
        "不是离线包：{0}。请用 pack 重新导出。",
        "This is no pack: {0}. Make one with pack.",
    ),
    "other_format": (
        "离线包的格式（{0}）与本程序（{1}）不同，请用同一版本的程序导出和打开。",
        "The pack has format {0}, this program reads {1}: make and open it with the same version.",
    ),
    "tampered": (
        "离线包被改动或损坏（{0}），不予打开。请重新拷贝或重新导出。",
        "The pack was changed or damaged ({0}) and is not opened. Copy it again, or make another.",
    ),
    "cut_short": (
        "离线包不完整：少 {0} 字节。请重新拷贝。",
        "The pack is cut short: {0} bytes are missing. Copy it again.",
    ),
    "other_key": (
        "离线包由另一把密钥签发（{0}），不是本机信任的 {1}。",
        "The pack was signed with another key ({0}), not with the one trusted here ({1}).",
    ),
    "not_yet": (
        "离线包自 {0} 起可用，现在是 {1}。",
        "The pack holds from {0} on; it is {1} now.",
    ),
    "expired": (
        "离线包已于 {0} 过期，不再给出推荐；已登记的意向仍在日志文件中，请用 pack hand-in 交回。",
        "The pack expired at {0} and answers no more. What was marked is in the journal: hand it "
        "in with pack hand-in.",
    ),
    "clock_back": (
        "本机时钟被调回：日志写于 {0}，现在却是 {1}。请校准时钟。",
        "The clock was set back: the journal was written at {0}, and it is {1} now. Set the clock.",
    ),
    "other_tables": (
        "离线包依据的职业、专业、地区代码表与本程序不同，请用同一版本的程序。",
        "The pack was made with other tables of trades, occupations and regions than this program "
        "has: use the same version.",
    ),
    "other_answers": (
        "本程序对离线包中第 {0} 个样题的排序与服务器不同，不予打开，请用同一版本的程序。",
        "This program ranks sample question {0} of the pack otherwise than the server did, so it "
        "is not opened: use the same version.",
    ),
    # The keys.
    "no_key": (
        "没有指明信任的公钥。请用 --key（或 PLACEMENT_PACK_KEY）给出服务器上 pack key 打印的公钥。",
        "No key to trust was given. Say with --key (or PLACEMENT_PACK_KEY) what pack key prints "
        "on the server.",
    ),
    "not_a_key": (
        "不是公钥：应为 64 位十六进制数，或存有它的文件。",
        "This is no public key: 64 hexadecimal digits are expected, or a file that holds them.",
    ),
    "broken_key": (
        "签名密钥文件已损坏：{0}。请从备份恢复，或用 pack key --new 换一把。",
        "The signing key is broken: {0}. Restore it from a backup, or make another with "
        "pack key --new.",
    ),
    "loose_key": (
        "签名密钥文件 {0} 他人可读，请先改为仅自己可读（chmod 600）。",
        "Others may read the signing key {0}: make it yours alone first (chmod 600).",
    ),
    # Making one.
    "fair_over": (
        "双选会 {0} 已于 {1} 举行过，不再导出离线包。",
        "The fair {0} was on {1} and is over: no pack is made for it.",
    ),
    "ends_first": (
        "结束时间 {0} 已过，导出的离线包无法使用；请用 --starts 和 --hours 指明开始时间与时长。",
        "It would end at {0}, which is past: say with --starts and --hours when the fair is.",
    ),
    # The journal.
    "journal_not_one": (
        "不是离线登记的日志文件；请选 serve --pack 写下的 .journal 文件。",
        "This is no journal of a pack: choose the .journal file that serve --pack wrote.",
    ),
    "journal_tampered": (
        "日志第 {0} 行被改动或损坏，未写入任何内容。",
        "Line {0} of the journal was changed or damaged; nothing was written.",
    ),
    "journal_of_another": (
        "日志属于另一个离线包（{0}），不是 {1}。",
        "The journal is of another pack ({0}), not of {1}.",
    ),
    "journal_unknown_key": (
        "日志所属的离线包不是本服务器签发的，未写入任何内容。",
        "The journal is of a pack that this server never signed; nothing was written.",
    ),
}


# Why one row of a journal was left out when it was handed in.
ROWS: Mapping[str, Words] = {
    "unknown_slip": (
        "没有这张签条：抄写有误，或不是本场的",
        "nobody gave out this slip at the fair: it was written down wrongly",
    ),
    "unknown_post": (
        "双选会上没有这个岗位：它已撤回或改期",
        "no booth of the fair has this post open: it was taken back meanwhile",
    ),
    "slip_clash": (
        "另一台机器已用过同一编号的签条",
        "a slip of this number came in from another laptop already",
    ),
}


def row(code: str) -> Words:
    """Say why a row of a journal was left out."""
    return ROWS[code]
