package expression

import "cel.dev/cel-go/common/cost"

// sizes bounds the values of an entry (SPEC W7), so that the longest run of an expression is known before it is published.
type sizes struct{}

func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// Members of lists that a form's fields hold, and characters of a text.
const (
	mostMembers = 500
	mostText    = 2000
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
