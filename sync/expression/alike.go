package expression

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/overloads"
)

// otherwise are the functions of CEL that the phones' library does not have or answers differently: an expression
// with one of them would be true in town and false in the village. What to write instead stands beside each.
var otherwise = map[string]string{
	overloads.StringToInt:          "take an integer field",
	overloads.StringToUint:         "take an integer field",
	overloads.StringToDouble:       "take a decimal field",
	overloads.StringToBool:         "compare the text",
	overloads.StringToBytes:        "compare the text",
	overloads.DoubleToString:       "give the number itself",
	overloads.DoubleToUint:         "use int()",
	overloads.BytesToString:        "compare the text",
	overloads.TimestampToString:    "a computed date takes the timestamp itself",
	overloads.DurationToString:     "use getHours()",
	overloads.TimestampToInt:       "subtract two timestamps and use getHours()",
	overloads.DurationToInt:        "use getHours()",
	overloads.MatchesString:        "use contains(), startsWith() or endsWith()",
	overloads.TimestampToDayOfYear: "subtract the first of January",

	overloads.TimestampToYearWithTz:                "leave the time zone out",
	overloads.TimestampToMonthWithTz:               "leave the time zone out",
	overloads.TimestampToDayOfYearWithTz:           "leave the time zone out",
	overloads.TimestampToDayOfMonthZeroBasedWithTz: "leave the time zone out",
	overloads.TimestampToDayOfMonthOneBasedWithTz:  "leave the time zone out",
	overloads.TimestampToDayOfWeekWithTz:           "leave the time zone out",
	overloads.TimestampToHoursWithTz:               "leave the time zone out",
	overloads.TimestampToMinutesWithTz:             "leave the time zone out",
	overloads.TimestampToSecondsWithTz:             "leave the time zone out",
	overloads.TimestampToMillisecondsWithTz:        "leave the time zone out",
}

// alike refuses what server and phones would not evaluate alike. A call on a value whose type is only known when
// it runs (a member of an item) is taken where one of its meanings is.
func alike(checked *cel.Ast) error {
	native := checked.NativeRep()
	var found error
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if found != nil || e.Kind() != ast.CallKind {
			return
		}
		instead := ""
		for _, id := range native.GetOverloadIDs(e.ID()) {
			if instead = otherwise[id]; instead == "" {
				return
			}
		}
		if instead != "" {
			found = fmt.Errorf("phones do not have %s() as it is used here: %s", e.AsCall().FunctionName(), instead)
		}
	}))
	return found
}
