package catalogue

import "fmt"

// What is wrong is told in English, as the files are written, and in Chinese, for whoever publishes in the app. A test
// holds this table to every sentence of the package.
var chinese = map[string]string{
	// What is no definition at all.
	"not JSON: %v":                              "不是 JSON：%v",
	"not JSON: the file ends too early":         "不是 JSON：内容没有写完",
	"more text after the end of the definition": "定义的后面还有多余的内容",
	"key %q stands twice":                       "%q 写了两次",
	"unknown key %q":                            "没有 %q 这一项",
	"%q must be %s, not %s":                     "%q 应该是%s，不是%s",
	"%s, not %s":                                "%s，不是%s",
	"%q must be a whole number, not a text":     "%q 应该是整数，不是文字",
	"%q must be a snake_case name, not %q":      "%q 只能用小写字母、数字和下划线，不能是 %q",
	"%q is missing":                             "缺少 %q",
	"%q has no %q text":                         "%q 没有写 %q 的文字",
	"%s %q is none of %s":                       "%s不能是 %q，只能是 %s",
	"%s %q stands twice":                        "%[2]q 在%[1]s里写了两次",
	"id %q is not the file's name":              "编号 %q 和文件名不一样",
	"indicator %q stands twice":                 "指标 %q 写了两次",
	"section %q stands twice":                   "分类 %q 写了两次",
	"no section %q":                             "没有分类 %q",
	"no form %q":                                "没有表格 %q",
	"no form %q for this file of indicators":    "这个指标文件对应的表格 %q 不存在",
	"no indicator %q":                           "没有指标 %q",
	`"version" must be a whole number from 1`:   "“version”应该是从 1 开始的整数",
	`"more" needs "save"`:                       "有“more”就要有“save”",
	`"summary" is missing`:                      "缺少“summary”",
	`"levels" is missing`:                       "缺少“levels”",
	`"fields" is missing`:                       "缺少“fields”",
	`"sources" is missing`:                      "缺少“sources”",
	`"headings" is missing`:                     "缺少“headings”",
	`"words" is missing`:                        "缺少“words”",
	`"value" is missing`:                        "缺少“value”",
	`a list of "require_any" is empty`:          "“require_any”里有一组是空的",
	`a register has no "checks"`:                "名册没有“checks”",
	`a register has no "levels"`:                "名册没有“levels”",
	`a register has no "section"`:               "名册没有“section”",
	`only a register has "columns"`:             "只有名册有“columns”",
	`only a register's field has "headings"`:    "只有名册的项目有“headings”",
	"only a choice of a register's many-of field has \"headings\"": "只有名册里多选项目的选项有“headings”",

	// Fields.
	"field %q cannot be asked for by a campaign": "活动不能按项目 %q 来统计",
	"%s: no field %q":                                                         "%s：没有项目 %q",
	"no field %q of type %s":                                                  "没有类型是 %[2]s 的项目 %[1]q",
	"form %q has no field %q":                                                 "表格 %q 没有项目 %q",
	"field %q stands twice":                                                   "项目 %q 写了两次",
	"field %q is of type %s in every form, not %s":                            "项目 %q 在所有表格里都是 %s 类型，不能是 %s",
	"%q is a word of the expressions' language: choose another key":           "%q 是表达式里的词，请换一个名字",
	`field %q: "screen" is 1 or 2`:                                            "项目 %q 的“screen”只能是 1 或 2",
	"field %q is on the second screen and the form has no \"more\"":           "项目 %q 在第二屏，可是表格没有“more”",
	"field %q is hidden, required and has no default: nobody can fill it":     "项目 %q 又隐藏又必填，还没有默认值：没有人能填",
	"field %q cannot be visible by its own value":                             "项目 %q 不能由自己的内容决定显示不显示",
	"field %q: no choices":                                                    "项目 %q 没有选项",
	"field %q: a field of type %s has no choices":                             "项目 %q：%s 类型没有选项",
	"field %q: choice %q stands twice":                                        "项目 %q 的选项 %q 写了两次",
	"choice %q looks like an id":                                              "选项 %q 看起来像编号，请换一个名字",
	"field %q: a field of type %s has no %q":                                  "项目 %q：%s 类型没有 %q",
	`field %q: "scale" is 1, 2, 3 or 4`:                                       "项目 %q 的“scale”只能是 1、2、3 或 4",
	"field %q: what one entry has of type %s is no other's":                   "项目 %q：%s 类型的内容只属于一条记录，不能沿用上一次的",
	"field %q: a register has no field of type %s":                            "项目 %q：名册没有 %s 类型的项目",
	`field %q: "min" is above "max"`:                                          "项目 %q 的最小值比最大值大",
	"field %q: money is never below 0":                                        "项目 %q：金额不能小于 0",
	`field %q: "max" is 1 to %d`:                                              "项目 %q 的“max”只能是 1 到 %d",
	"field %q: %q of a date is \"today\", \"today-N\", \"today+N\" or a date": "项目 %q：日期的 %q 只能写 today、today-N、today+N 或一个日期",
	"field %q: this default does not fit type %s":                             "项目 %q 的默认值不符合 %s 类型",
	"field %q of type %s cannot be filled in":                                 "项目 %q 是 %s 类型，不能填写",
	"a form needs the required date %q":                                       "表格要有必填的日期 %q",
	"balance: %q is no field of type %s":                                      "结余：%q 不是 %s 类型的项目",
	"field %q has no choice %q":                                               "项目 %q 没有选项 %q",
	"%q and %q are not both choices of %q":                                    "%q 和 %q 不都是 %q 的选项",

	// Expressions.
	"%q: %v":                                  "表达式 %q 不对：%v",
	"field %q is a note and has no value":     "项目 %q 是说明文字，没有内容",
	"field %q is computed and names no field": "项目 %q 是算出来的，可是没有用到任何项目",
	"field %q is computed from %q, which is withheld: it must be personal or sensitive too":      "项目 %q 是从不公开的 %q 算出来的，它也要标为个人信息或敏感",
	"field %q: a computed value names a field of the entry, as in has(entry.x), never the whole": "项目 %q：算的时候只能用记录的某一项，像 has(entry.x)，不能用整条记录",
	"field %q is computed from itself: %s":                                                       "项目 %q 绕了一圈又从自己算起：%s",
	"the computed fields would run too long together (%d steps where %d are the most)":           "算出来的项目合起来太费时间（要 %d 步，最多 %d 步）",
	"field %q is hidden: nobody would read what is wrong there":                                  "项目 %q 是隐藏的：没有人看得到那里的提示",

	// What a form says of others.
	"field %q of form %q has no choice %q":             "表格 %[2]q 的项目 %[1]q 没有选项 %[3]q",
	"a value of %q (%s) does not fit %q (%s)":          "%q（%s）的内容放不进 %q（%s）",
	"due.on: %q is not a date field":                   "due.on：%q 不是日期",
	"due.same: %q is not a household field of form %q": "due.same：%q 不是表格 %q 的住户项目",

	// Indicators.
	"only a ratio or a coverage has a %q":                            "只有比率和覆盖率有 %q",
	"only a ratio has a %q":                                          "只有比率有 %q",
	"only a coverage has a %q":                                       "只有覆盖率有 %q",
	"a ratio has no %q":                                              "比率没有 %q",
	"a coverage has no %q":                                           "覆盖率没有 %q",
	"a coverage is shown as percent":                                 "覆盖率用百分数显示",
	"only a %s has a %q":                                             "只有 %s 有 %q",
	"a %s needs a %q":                                                "%s 要有 %q",
	"a %s is a whole number":                                         "%s 是整数",
	"%q is not a date field of form %q":                              "%q 不是表格 %q 的日期",
	"%q is not a field of type %s of form %q":                        "%[1]q 不是表格 %[3]q 里 %[2]s 类型的项目",
	"form %q is not recorded at level %s":                            "表格 %q 在 %s 这一级不填",
	`"levels" is empty: nothing would count`:                         "“levels”是空的：什么都不会统计",
	`"until" and "date" are the same field: it would hold for a day`: "“until”和“date”是同一项：只会算一天",
	`form %q has no "due" to fulfil`:                                 "表格 %q 没有到期的事",
	`what is fulfilled counts on its due date: "date" must be %q`:    "按期完成的算在到期那天：“date”应该是 %q",
	"key %q is no household, people, person, unit, text or one-of field of form %q and not \"case\" or \"own_unit\"": "%q 不是表格 %q 的住户、人员、单位、文字或单选项目，也不是 case 或 own_unit",
	`a value is one of "field", "size", "heads", "unnamed", "items" and "days"`:                                      "value 只能有一样：field、size、heads、unnamed、items 或 days",
	`"else" goes with "heads"`:                                                                "“else”要和“heads”一起用",
	`"days" has two date fields, from and to`:                                                 "“days”要写两个日期项目：从哪天到哪天",
	"the sources count different things: here %s":                                             "几个来源统计的不是同一种东西：这里是%s",
	"a number of choices cannot be grouped by these choices; count the entries grouped by %q": "选项的个数不能再按这些选项分组，请按 %q 分组统计记录",
	"group %q is not of one field or of two":                                                  "分组 %q 只能是一个或两个项目",
	"group %q is not a one-of or many-of field of form %q":                                    "分组 %q 不是表格 %q 的单选或多选项目",
	"%q is not counted by %q":                                                                 "%q 没有按 %q 分组",
	"%q cannot stand beside itself":                                                           "%q 不能放在自己旁边",
	"%q is a %s itself: a ratio is made of counts, sums, distincts and standings":             "%q 自己就是 %s：比率只能由件数、合计、去重数和现有数算出",
	"money by a number is shown as yuan or wan_yuan":                                          "人均金额用元或万元显示",
	"only money by a number is shown as %s":                                                   "只有人均金额用 %s 显示",
	"money is shown as yuan or wan_yuan":                                                      "金额用元或万元显示",
	"only money is shown as %s":                                                               "只有金额用 %s 显示",
	"only a ratio is shown as percent":                                                        "只有比率用百分数显示",
	"%q counts no distinct units: it is a %s":                                                 "%q 统计的不是单位数，是 %s",
	"%q counts no units: its key in form %q is %q":                                            "%q 统计的不是单位：它在表格 %q 里数的是 %q",
	"%q counts units of other levels than %s in form %q":                                      "%q 在表格 %[3]q 里还数了 %[2]s 以外的单位",
	"a sum is shown with the decimals of what is added up: %s":                                "合计的小数位数要和相加的数一样：%s",
	"sensitive: no group %q":                                                                  "sensitive：没有分组 %q",
	`only what is shown as decimal has a "scale"`:                                             "只有用小数显示的才有“scale”",
	`what is shown as decimal needs a "scale" from 0 to %d`:                                   "用小数显示的要有“scale”，0 到 %d",
	`"scale" is from 0 to %d`:                                                                 "“scale”只能是 0 到 %d",

	// What a city has of its own.
	"%q: %d are too many, %d are the most":                                      "%q：%d 个太多了，最多 %d 个",
	`"order" is from 0 to %d`:                                                   "顺序只能是 0 到 %d",
	"this text is too long: %d characters are the most":                         "文字太长了，最多 %d 个字",
	"form %q is due after %q: nobody could record it":                           "“%[2]s”到期后要填“%[1]s”，不能隐藏",
	"field %q is hidden by the form itself: it is filled in another way":        "“%s”由程序自己填，不能改成显示",
	"field %q is required: it cannot be hidden":                                 "“%s”是必填的，不能隐藏",
	"field %q tells what is sensitive or urgent: it cannot be hidden":           "要靠“%s”判断敏感和紧急，不能隐藏",
	"field %q decides whether %q is asked: it cannot be hidden":                 "要靠“%s”决定问不问“%s”，不能隐藏",
	"%q is computed from %q: it cannot be hidden":                               "“%[1]s”是从“%[2]s”算出来的，“%[2]s”不能隐藏",
	"field %q is needed by a check: it cannot be hidden":                        "提交前的检查要用“%s”，不能隐藏",
	"field %q is one of those of which one must be filled: it cannot be hidden": "“%s”是几样里至少填一样的，不能隐藏",
	"field %q tells whether %q is offered: it cannot be hidden":                 "要靠“%s”决定给不给“%s”，不能隐藏",
	"field %q is needed for the balance: it cannot be hidden":                   "算结余要用“%s”，不能隐藏",
	"field %q tells what is due: it cannot be hidden":                           "要靠“%s”算到期的事，不能隐藏",
	"field %q is needed for the figure %q: it cannot be hidden":                 "统计“%[2]s”要用“%[1]s”，不能隐藏",
	"choice %q means the same in all cities: hide it and add one of your own":   "“%s”是各地通用的选项，不能改名；可以隐藏它，再加一个自己的",
	"two choices are called %q":                                                 "有两个选项都叫“%s”",
	"every choice of %q would be hidden":                                        "“%s”的选项都隐藏了，没有可选的",
	"%q is chosen at first: it cannot be hidden":                                "“%s”是默认选上的，不能隐藏",

	// What entries do not bear.
	"form %q may have entries: it cannot go, hide it":                                        "“%s”可能已经有记录，不能删掉，可以隐藏",
	"field %q may be filled in entries: it cannot go, hide it":                               "“%s”可能已经填过，不能删掉，可以隐藏",
	"choice %q of %q may stand in entries: it cannot go, hide it":                            "“%[2]s”的选项“%[1]s”可能已经有人选过，不能删掉，可以隐藏",
	"field %q is of type %s in the entries: another type needs another key":                  "“%s”在已有的记录里是 %s 类型，要换类型请另起一个项目",
	"field %q has %d decimals in the entries: others need another key":                       "“%s”在已有的记录里是 %d 位小数，要改请另起一个项目",
	"field %q is in %q in the entries: another unit needs another key":                       "“%s”在已有的记录里的单位是“%s”，要换单位请另起一个项目",
	"field %q is withheld from others: it stays so":                                          "“%s”是不公开的，不能改成公开",
	`what is sensitive in %q stays so: "sensitive" may only be widened, as in "(%s) || ..."`: "“%s”里敏感的记录不能改成不敏感，只能再加条件，写成“(%s) || …”",
	`form %q may be sensitive: what is counted from it needs "sensitive": true`:              "“%s”可能是敏感的，从它统计的指标要写“\"sensitive\": true”",
	"figure %q may stand in reports: it cannot go, hide it":                                  "“%s”可能已经写进报告，不能删掉，可以隐藏",
	"figure %q is a %s: another measure needs another id":                                    "“%s”的算法是 %s，要换算法请另起一个指标",
	"figure %q is shown as %s: another way needs another id":                                 "“%s”用 %s 显示，要换显示方式请另起一个指标",
	"figure %q withholds small numbers: it goes on to":                                       "“%s”的小数目是不公开的，不能改成公开",
}

// words of the sentences, as they are told in Chinese.
var chineseWords = map[string]string{
	"an object": "一组内容", "a list": "一个列表", "a text": "文字", "a number": "数字", "true or false": "是或否", "null": "空的", "a whole number": "整数",
	"a value": "一个值", "true or a list of groups": "是，或者分组的列表", "an expression in CEL, as a text": "CEL 表达式（文字）",
	"a file is a form, a list of indicators or own definitions": "文件应该是一张表格、一组指标，或者导出的自定义设置",
	"own definitions are an object":                             "自定义设置应该是一组内容",
	"a file of indicators is a list":                            "指标文件是一个列表", "sections are a list": "分类是一个列表",
	"type": "类型", "level": "级别", "preset": "沿用", "measure": "算法", "display": "显示方式", "result": "结果类型", "field": "项目", "group": "分组",
	"form": "表格", "register": "名册", "entries": "记录", "cases": "案件", "units": "单位", "households": "住户", "persons": "人", "names": "名称", "kinds": "种类",
	"numbers": "数字", "money": "金额",
}

// inChinese is a sentence in Chinese; one that the table does not have stays as it is.
func inChinese(format string, args []any) string {
	zh, known := chinese[format]
	if !known {
		return fmt.Sprintf(format, args...)
	}
	said := make([]any, len(args))
	for i, arg := range args {
		said[i] = arg
		switch word := arg.(type) {
		case Text:
			said[i] = word.ZH
		case string:
			if zh := chineseWords[word]; zh != "" {
				said[i] = zh
			}
		}
	}
	return fmt.Sprintf(zh, said...)
}
