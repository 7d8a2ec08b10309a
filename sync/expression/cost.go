package expression

import (
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/overloads"
)

// sizes bounds the values of an entry (SPEC W7), so that the longest run of an expression is known before it is published.
type sizes struct{}

// EstimateCallCost knows how long the text of a number is, which the library takes for endless.
func (sizes) EstimateCallCost(_, overload string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	switch overload {
	case overloads.IntToString, overloads.UintToString, overloads.BoolToString:
		return cost.NewCallEstimate(cost.CallCostEstimate, &cost.SizeEstimate{Max: mostDigits})
	}
	return nil
}

// Members of lists that a form's fields hold, and characters of a text.
const (
	mostMembers = 500
	mostText    = 2000
	mostDigits  = 20 // of a number, with its sign
)

func (sizes) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	path := node.Path()
	if len(path) == 0 {
		return nil
	}
	return &cost.SizeEstimate{Max: largest(node)}
}

func largest(node cost.AstNode) uint64 {
	if node.Type() != nil && node.Type().TypeName() == "string" {
		return mostText
	}
	return mostMembers
}
