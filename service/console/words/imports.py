"""Words of the import and of the mapping page."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Pair

WORDS: Mapping[str, Pair] = {
    "imports": ("导入", "Import"),
    "imports_title": ("导入表格", "Import sheets"),
    "imports_drop": (
        "把 CSV 或 Excel 文件拖到这里，或点按选择",
        "Drag CSV or Excel files here, or press to choose",
    ),
    "imports_hint": (
        "最多 {n} 个文件，共 64 MB，每个文件 {rows} 行以内。表格种类由表头判断。"
        "上传的内容只保留一小时，确认之前不写入任何数据。",
        "At most {n} files of 64 MB together and {rows} rows each. The header says which kind of "
        "sheet it is. What you send is kept for an hour; nothing is written before you confirm.",
    ),
    "imports_check": ("上传并检查", "Send and check"),
    "imports_replace_draft": (
        "再次上传会替换尚未确认的内容。",
        "Sending again replaces what is not confirmed yet.",
    ),
    "imports_nothing_yours": (
        "您的账号没有可导入的表格。",
        "There is no sheet that your account may import.",
    ),
    "no_files": ("请先选择文件。", "Choose a file first."),
    "too_many_files": ("一次最多上传 10 个文件。", "At most 10 files at once."),
    "import_changed": (
        "核对之后数据有变化，未写入任何内容。下面是最新的差异，请重新核对。",
        "Something changed since you looked; nothing was written. Below is the difference now.",
    ),
    "import_refused": (
        "现在已不能写入，未写入任何内容。原因见下。",
        "It can no longer be written; nothing was. See below why.",
    ),
    "import_busy": (
        "系统忙：另一个进程正在写入，请稍后再试。",
        "Busy: something else is being written. Try again in a moment.",
    ),
    "imports_done": (
        "已写入：新增 {added}，变更 {changed}，关闭 {closed}。",
        "Written: {added} new, {changed} changed, {closed} closed.",
    ),
    "imports_until": ("保留至 {time}，之后自动清除。", "Kept until {time}, then wiped."),
    "imports_discard": ("放弃并清除", "Drop and wipe"),
    "imports_file": ("文件", "File"),
    "imports_kind": ("表格", "Sheet"),
    "imports_unknown_kind": ("未能识别", "unknown"),
    "imports_n_rows": ("行数", "Rows"),
    "imports_n_problems": ("问题", "Problems"),
    "imports_result": ("结果", "Result"),
    "imports_clean": ("无问题", "clean"),
    "imports_look_at": ("查看", "Look"),
    "imports_whole": ("整个文件的问题", "Wrong with the file"),
    "imports_warnings": ("{n} 条提示（不影响导入）", "{n} notes, which do not stop the import"),
    "imports_missing_lead": (
        "请指明这些列是什么：",
        "Say what these columns are:",
    ),
    "imports_not_read": ("未读入", "not read"),
    "imports_leave_header": ("不读入", "leave unread"),
    "imports_only_bad": ("只看有问题的行（{n}）", "Rows with problems ({n})"),
    "imports_all_rows": ("全部行（{n}）", "All rows ({n})"),
    "imports_all_columns": ("显示全部列", "All columns"),
    "imports_row": ("行", "Row"),
    "imports_leave_out": ("不导入此行", "Leave this row out"),
    "imports_recheck": ("保存更正并重新检查", "Save corrections and check again"),
    "imports_marked": ("下载标注文件", "Download the marked file"),
    "imports_corrected": ("已在页面更正 {n} 处", "{n} corrected here"),
    "imports_cell": ("第 {row} 行 {column}", "row {row}, {column}"),
    "imports_whole_row": ("整行", "whole row"),
    "imports_page": ("第 {number} / {n} 页", "Page {number} of {n}"),
    "imports_before": ("上一页", "Back"),
    "imports_after": ("下一页", "Next"),
    "imports_difference": ("与现有数据的差异", "What would change"),
    "imports_none_changed": (
        "没有差异：这些内容都已在库中，无需再导入。",
        "No difference: all of this is stored already.",
    ),
    "imports_added": ("新增", "New"),
    "imports_changed": ("变更", "Changed"),
    "imports_unchanged": ("不变", "Unchanged"),
    "imports_closed": ("关闭", "Closed"),
    "imports_what": ("变动", "Change"),
    "imports_which": ("编号或名称", "Which"),
    "imports_cells": ("内容", "What"),
    "imports_became": ("改为", "becomes"),
    "imports_empty": ("空", "empty"),
    "imports_more_cells": ("另有 {n} 项", "{n} more"),
    "imports_confirm": ("确认写入", "Confirm and write"),
    "imports_confirm_lead": (
        "全部写入，或都不写入。",
        "All of it is written, or nothing.",
    ),
    "imports_options": ("导入方式", "How to take it in"),
    "imports_replace": (
        "这是发布单位的完整目录：目录中没有的岗位将关闭",
        "This is the issuing body's whole catalog: posts that it lacks are closed",
    ),
    "imports_issuer": ("未填发布单位时的发布单位", "Issuing body where none is stated"),
    "imports_mass_closing": (
        "{body}的 {open} 个在招岗位将关闭 {n} 个，超过三成。确认无误请勾选允许。",
        "{n} of the {open} open posts of {body} would close, more than 30 %. Allow it if meant.",
    ),
    "imports_allow_closing": ("允许大量关闭", "Allow mass closing"),
    "imports_allow_stranded": (
        "允许代码变更使毕业生无对口岗位",
        "Let new codes leave people without a post",
    ),
    "imports_apply": ("应用并重新检查", "Apply and check again"),
    "imports_templates": ("空白模板", "Empty templates"),
    "imports_templates_lead": (
        "带下拉选项和填写说明的 Excel 表。",
        "Excel sheets with drop-downs and notes.",
    ),
    "imports_exports": ("导出", "Take out"),
    "imports_xlsx": ("Excel 表", "Excel"),
    "imports_csv": ("CSV 文本", "CSV"),
    "imports_exports_lead": (
        "库中现有内容；原样再导入不会有任何变化。",
        "What is stored now; imported again it changes nothing.",
    ),
    # Mapping
    "mapping": ("专业与职业对照", "Trades and occupations"),
    "mapping_lead": (
        "专业目录中没有的名称按最相近的专业匹配。您的决定从现在起生效，并留下记录。",
        "A name that no table knows is read as its nearest trade. What you decide holds from now "
        "on and is kept with your name.",
    ),
    "mapped_done": ("已保存。", "Saved."),
    "mapping_unknown": ("目录中没有的专业名称", "Trade names that no table knows"),
    "mapping_name": ("院校写法", "As colleges write it"),
    "mapping_people": ("毕业生", "Graduates"),
    "mapping_read_as": ("现按", "Read as"),
    "mapping_means": ("应为", "Means"),
    "mapping_decided": ("已决定", "decided"),
    "mapping_nearest": ("最相近", "the nearest"),
    "mapping_none_unknown": ("所有专业名称都已识别。", "Every trade name is known."),
    "mapping_nowhere": ("没有对口职业的专业", "Trades that lead to no occupation"),
    "mapping_none_nowhere": (
        "所有专业都有对口职业。",
        "Every trade leads to an occupation.",
    ),
    "mapping_pair": ("专业与职业的对口程度", "How directly a trade trains for an occupation"),
    "mapping_trade": ("专业", "Trade"),
    "mapping_occupation": ("职业名称或编码", "Occupation, name or code"),
    "mapping_near": ("可能的职业", "Near"),
    "mapping_weight": ("对口程度（0 到 1）", "Weight (0 to 1)"),
    "mapping_for_all": (
        "对口程度对所有院校生效，由负责全部院校的人员决定。",
        "Weights hold for every college; who looks after all of them decides.",
    ),
    "mapping_decisions": ("已作的决定", "What was decided"),
    "mapping_none_decided": ("还没有作过决定。", "Nothing was decided yet."),
    "mapping_by": ("由 {author} 于 {day} 决定", "{author}, {day}"),
    "mapping_to_imports": ("返回导入", "Back to the import"),
}
