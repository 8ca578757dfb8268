"""Words of every page, of the door, and of what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Pair

WORDS: Mapping[str, Pair] = {
    "html_lang": ("zh-CN", "en"),
    "console": ("就业工作台", "Placement console"),
    "brand": ("技能岗位推荐", "Skilled Placements"),
    "other_language": ("English", "中文"),
    "skip": ("跳到正文", "Skip to the page"),
    "main_bar": ("主导航", "Main"),
    "year": ("联盟年度", "The year"),
    "sample": ("构造的示例数据", "Constructed sample data"),
    "as_of": ("数据日期 {day}", "As of {day}"),
    "none": ("—", "—"),
    # The door
    "sign_in": ("登录", "Sign in"),
    "sign_in_lead": ("就业指导教师与管理人员使用。", "For placement officers and administrators."),
    "sign_out": ("退出", "Sign out"),
    "login": ("登录名", "Login"),
    "secret": ("密码", "Secret"),
    "sign_in_refused": (
        "登录名或密码不对。",
        "The login or the secret is wrong.",
    ),
    "sign_in_slowed": (
        "多次登录失败，请 {wait_s} 秒后再试。",
        "Too many sign-ins failed. Try again in {wait_s} s.",
    ),
    "sign_in_help": (
        "没有账号或忘记密码，请联系系统管理员。",
        "No account, or the secret forgotten? Ask whoever runs this system.",
    ),
    "new_secret": ("更换密码", "Change the secret"),
    "first_secret": (
        "你用的是首次密码，请先换成自己的密码。",
        "You signed in with a first secret. Choose your own before you go on.",
    ),
    "old_secret": ("现在的密码", "Present secret"),
    "chosen_secret": ("新密码", "New secret"),
    "secret_rule": (
        "至少 10 个字符；一句好记的话就很好。",
        "At least 10 characters; a sentence is good.",
    ),
    "secret_again": ("再输一次新密码", "New secret again"),
    "secret_differs": ("两次输入的新密码不一样。", "The two new secrets differ."),
    "secret_weak": (
        "新密码至少 10 个字符，且不能与旧密码或登录名相同。",
        "A new secret has at least 10 characters and is neither the old one nor the login.",
    ),
    "secret_wrong": ("现在的密码不对。", "The present secret is wrong."),
    "secret_slowed": ("多次输错，请稍后再试。", "Too many failures. Try again later."),
    "save": ("保存", "Save"),
    "role_officer": ("就业指导教师", "Officer"),
    "role_alliance": ("联盟", "Alliance"),
    "role_data": ("数据管理员", "Data officer"),
    "role_enterprise": ("企业", "Enterprise"),
    "role_kiosk": ("一体机", "Kiosk"),
    "role_auditor": ("审计", "Auditor"),
    "role_admin": ("系统管理员", "Administrator"),
    # What goes wrong
    "plain_title": ("此处不能登录", "No sign-in here"),
    "plain": (
        "这条连接没有加密，密码和姓名会被同一网络中的人看到。"
        "请用 https:// 地址，或在服务器本机上打开；"
        "确实要承担此风险，由管理员设置 PLACEMENT_PLAIN_SIGN_IN=1。",
        "This line is not encrypted: secrets and names could be read by others on the network. "
        "Use the https:// address, or open it on the server itself; whoever takes that risk sets "
        "PLACEMENT_PLAIN_SIGN_IN=1.",
    ),
    "stale_title": ("页面已过期", "This page is too old"),
    "stale": (
        "页面打开太久或已在别处退出，没有保存任何内容。请返回并重新打开页面。",
        "The page was open too long, or you signed out elsewhere. Nothing was saved. "
        "Go back and open it again.",
    ),
    "problem": ("出了点问题", "Something went wrong"),
    "back": ("返回", "Back"),
}
