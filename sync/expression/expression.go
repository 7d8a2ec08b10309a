// Package expression evaluates what the catalogue's conditions and computed values are written in: CEL,
// the Common Expression Language (https://cel.dev), over the fields of one entry. It is the one package of the
// core that uses a library; the phones use another for the same language (docs/decisions/0032), and
// sync/testdata/expressions.json holds both to the same answers.
package expression

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// Type is what a variable holds, or an expression gives.
type Type int

// The types. Where an entry has no value, a variable holds "", 0, false or an empty list.
const (
	Text   Type = iota // string
	Texts              // list of strings
	Whole              // int
	YesNo              // bool
	People             // map: "persons" a list of ids, "unnamed" an int
	Items              // list of maps: "name", "quantity", "value"
	Number             // double
	Point              // map: "lat" and "lon" doubles, "accuracy" an int
	Moment             // timestamp; what an expression gives, never what a field holds
)

// Entry is the variable that has only the fields which are filled, for has(entry.field).
const Entry = "entry"

func (t Type) cel() *cel.Type {
	switch t {
	case Texts:
		return cel.ListType(cel.StringType)
	case Whole:
		return cel.IntType
	case YesNo:
		return cel.BoolType
	case People:
		return cel.MapType(cel.StringType, cel.DynType)
	case Items:
		return cel.ListType(cel.MapType(cel.StringType, cel.DynType))
	case Number:
		return cel.DoubleType
	case Point:
		return cel.MapType(cel.StringType, cel.DynType)
	case Moment:
		return cel.TimestampType
	}
	return cel.StringType
}

// Scope is the variables that an expression may name.
type Scope struct {
	vars  map[string]Type
	built func() (*cel.Env, error)
}

// NewScope makes a scope of variables. It is cheap: the environment is built when an expression is first used.
func NewScope(vars map[string]Type) *Scope {
	return &Scope{vars, sync.OnceValues(func() (*cel.Env, error) {
		options := []cel.EnvOption{
			cel.Variable(Entry, cel.MapType(cel.StringType, cel.DynType)),
			cel.ParserRecursionLimit(maxDepth),
			cel.ParserExpressionSizeLimit(maxLength),
		}
		for name, t := range vars {
			options = append(options, cel.Variable(name, t.cel()))
		}
		return cel.NewEnv(options...)
	})}
}

// Bounds on what a definition may ask of a phone: with them no expression that passes Check runs long.
const (
	maxLength = 2000 // code points of an expression
	maxDepth  = 40   // of brackets in brackets
)

// MaxCost is the most that an expression may take, in CEL's cost units.
const MaxCost = 200_000

// Expression is one text in a scope. It is compiled when it is first evaluated, or by Check.
type Expression struct {
	Source   string
	scope    *Scope
	gives    []Type
	parsed   func() (*cel.Ast, error)
	ast      func() (*cel.Ast, error) // its types checked
	compiled func() (cel.Program, error)
	straight func() func(Variables) bool // nil where the library is needed
	walked   func() walked
}

// New makes an expression that is to give a value of one of these types.
func (s *Scope) New(source string, gives ...Type) *Expression {
	e := &Expression{Source: source, scope: s, gives: gives}
	e.walked = sync.OnceValue(e.walk)
	e.parsed = sync.OnceValues(e.parse)
	e.ast = sync.OnceValues(e.typed)
	e.straight = sync.OnceValue(e.direct)
	e.compiled = sync.OnceValues(func() (cel.Program, error) {
		ast, err := e.ast()
		if err != nil {
			return nil, err
		}
		env, err := s.built()
		if err != nil {
			return nil, err
		}
		return env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	})
	return e
}

func (e *Expression) parse() (*cel.Ast, error) {
	env, err := e.scope.built()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Parse(e.Source)
	return ast, fault(issues)
}

func (e *Expression) typed() (*cel.Ast, error) {
	parsed, err := e.parsed()
	if err != nil {
		return nil, err
	}
	env, err := e.scope.built()
	if err != nil {
		return nil, err
	}
	e.walked() // the check of types writes into what was parsed, and nobody may be reading it then
	ast, issues := env.Check(parsed)
	if err := fault(issues); err != nil {
		return nil, err
	}
	if got := ast.OutputType(); !got.IsExactType(cel.DynType) && !slices.ContainsFunc(e.gives, func(t Type) bool { return got.IsExactType(t.cel()) }) {
		return nil, fmt.Errorf("it gives %s and must give %s", got, written(e.gives))
	}
	return ast, nil
}

// fault is the first thing that the library says is wrong.
func fault(issues *cel.Issues) error {
	if issues.Err() == nil {
		return nil
	}
	first := issues.Errors()[0]
	return fmt.Errorf("%s", strings.TrimSuffix(strings.ReplaceAll(first.Message, " (in container '')", ""), "."))
}

func written(types []Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.cel().String()
	}
	return strings.Join(names, " or ")
}

// Check says what is wrong with the expression: its grammar, its types, what the phones' library knows otherwise
// or not at all, or what it may cost.
func (e *Expression) Check() error {
	_, err := e.Cost()
	return err
}

// Cost is the most steps that a run can take, with all lists and texts as long as they may be. The error is Check's.
func (e *Expression) Cost() (uint64, error) {
	ast, err := e.ast()
	if err != nil {
		return 0, err
	}
	if err := alike(ast); err != nil {
		return 0, err
	}
	env, err := e.scope.built()
	if err != nil {
		return 0, err
	}
	cost, err := env.EstimateCost(ast, sizes{})
	if err != nil {
		return 0, err
	}
	if cost.Max > MaxCost {
		return 0, fmt.Errorf("it would run too long (%d steps where %d are the most)", cost.Max, MaxCost)
	}
	_, err = e.compiled()
	return cost.Max, err
}

// Variables tells the value of a variable by its name.
type Variables func(name string) any

// ResolveName is for the library.
func (v Variables) ResolveName(name string) (any, bool) {
	value := v(name)
	return value, value != nil
}

// Parent is for the library: there is nothing behind the variables.
func (Variables) Parent() cel.Activation { return nil }

// eval gives nil where the expression cannot be evaluated on these values, as a division by nought.
func (e *Expression) eval(v Variables) ref.Val {
	program, err := e.compiled()
	if err != nil {
		return nil
	}
	out, _, err := program.Eval(cel.Activation(v))
	if err != nil {
		return nil
	}
	return out
}

// Holds evaluates a condition. One that cannot be evaluated on these values does not hold.
func (e *Expression) Holds(v Variables) bool {
	yes, ok := e.holds(v)
	if !ok {
		yes, _ = e.Value(v).(bool)
	}
	return yes
}

// Denied evaluates a condition the other way round: one that cannot be evaluated on these values is not denied.
func (e *Expression) Denied(v Variables) bool {
	if yes, ok := e.holds(v); ok {
		return !yes
	}
	return e.Value(v) == false
}

// Value is what the expression gives on these values: an int64, float64, bool, string or time.Time. It is nil
// where it cannot be evaluated.
func (e *Expression) Value(v Variables) any {
	out := e.eval(v)
	if out == nil {
		return nil
	}
	switch value := out.Value().(type) {
	case int64, float64, bool, string, time.Time:
		return value
	}
	return nil
}

// Names lists the variables that the expression names, in the order of their names; of entry.field the field. An
// expression that cannot be read names none.
func (e *Expression) Names() []string { return e.walked().names }
