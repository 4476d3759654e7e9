package templates

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	text "text/template"
	"text/template/parse"
)

// A user's template may have no end, or grow without one. The library can be stopped by an
// error alone, so that each turn of a loop and each call of a template counts its steps, and
// what makes text counts its bytes. No clock is looked at: the same message always has the
// same end.
const (
	maxSteps  = 1 << 19  // of an execution; ours takes some thousands
	maxBytes  = 16 << 20 // that its functions make, or read for that
	maxResult = 64 << 10 // of one function, in bytes
	callSteps = 100      // of a call besides its body: it takes stack
	maxNested = 6        // loops in each other: their contexts are worked out twice at each level
)

var (
	errTooManySteps = errors.New("does not end, or takes far too long")
	errTooMuchText  = errors.New("makes far too much text")
)

// A budget is what an execution may use. One goes on at a time.
type budget struct {
	mu           sync.Mutex
	steps, bytes int // left
}

func (b *budget) refill() { b.steps, b.bytes = maxSteps, maxBytes }

// step counts the steps of a turn. It is called by what meter puts into a template.
func (b *budget) step(n int) (string, error) {
	if n <= 0 || n > b.steps {
		return "", errTooManySteps
	}
	b.steps -= n
	return "", nil
}

func (b *budget) spend(n int) error {
	if n > b.bytes {
		return errTooMuchText
	}
	b.bytes -= n
	return nil
}

// result gives what a function made, if it may be that long.
func (b *budget) result(s string, err error) (string, error) {
	if err == nil && len(s) > maxResult {
		err = errTooMuchText
	}
	if err == nil {
		err = b.spend(len(s))
	}
	return s, err
}

// funcs are the functions of the library that make text, within the budget.
func (b *budget) funcs() map[string]any {
	limited := func(f func(...any) string) func(...any) (string, error) {
		return func(args ...any) (string, error) {
			if err := b.spend(len(fmt.Sprint(args...))); err != nil {
				return "", err
			}
			return b.result(f(args...), nil)
		}
	}
	return map[string]any{
		stepFunc: b.step, "print": limited(fmt.Sprint), "println": limited(fmt.Sprintln), "printf": b.printf,
		"js": limited(text.JSEscaper), "html": limited(text.HTMLEscaper), "urlquery": limited(text.URLQueryEscaper),
	}
}

// maxWidth is how wide, or how exact, a verb may print.
const maxWidth = 999

func (b *budget) printf(format string, args ...any) (string, error) {
	longest := 0
	for _, arg := range args {
		size := len(fmt.Sprint(arg))
		if err := b.spend(size); err != nil {
			return "", err
		}
		longest = max(longest, size)
	}
	verbs := strings.Count(format, "%")
	if strings.Contains(format, "*") || hasWideVerb(format) || verbs*(maxWidth+8*longest) > maxBytes/8 {
		return "", errTooMuchText
	}
	return b.result(fmt.Sprintf(format, args...), nil)
}

// hasWideVerb tells whether a format holds a number of more than three digits, which may be a
// width.
func hasWideVerb(format string) bool {
	digits := 0
	for _, r := range format {
		if digits++; r < '0' || r > '9' {
			digits = 0
		}
		if digits > 3 {
			return true
		}
	}
	return false
}

// exceeded is an error of an execution; one of the budget without what the user did not write,
// and without what he wrote too much of.
func exceeded(name string, err error) error {
	switch {
	case errors.Is(err, errTooManySteps):
		return fmt.Errorf("%s: %w", name, errTooManySteps)
	case errors.Is(err, errTooMuchText):
		text := packagePrefix.ReplaceAllString(err.Error(), "")
		if at := strings.Index(text, ": "); at > 0 {
			name = text[:at]
		}
		return fmt.Errorf("%s: %w", name, errTooMuchText)
	}
	return err
}

const stepFunc = "_step"

// ours are the functions of this package that make text or go through rows, within the budget.
func (b *budget) ours() map[string]any {
	folded := func(first, indent, s string) (string, error) {
		if len(first) > maxResult || len(indent) > columns {
			return "", errTooMuchText
		}
		out := fold(first, indent, s)
		return out, b.spend(len(out))
	}
	return map[string]any{
		"fold": folded,
		"wrap": func(indent, s string) (string, error) { return folded("", indent, s) },
		"table": func(head []string, right []bool, rows [][]string, total bool, chosen ...int) (string, error) {
			out := textTable(head, right, rows, total, chosen...)
			return out, b.spend(len(out))
		},
		"shape": func(head []string, right []bool, rows [][]string) (string, error) {
			return shape(head, right, rows), b.spend(columns * len(rows))
		},
	}
}

// meter has a template count its steps.
func meter(path string, tree *parse.Tree) error {
	if tree == nil || tree.Root == nil {
		return nil
	}
	if err := meterLoops(tree.Root, 0); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return count(tree.Root, callSteps)
}

// meterLoops has each loop in a list count its turns.
func meterLoops(list *parse.ListNode, nested int) error {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		var b *parse.BranchNode
		in := nested
		switch n := n.(type) {
		case *parse.RangeNode:
			b, in = &n.BranchNode, nested+1
		case *parse.IfNode:
			b = &n.BranchNode
		case *parse.WithNode:
			b = &n.BranchNode
		default:
			continue
		}
		if in > maxNested {
			return fmt.Errorf("has more than %d loops in each other", maxNested)
		}
		if err := errors.Join(meterLoops(b.List, in), meterLoops(b.ElseList, nested)); err != nil {
			return err
		}
		if in > nested {
			if err := count(b.List, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// count puts before a list what counts its steps. It is an assignment, which writes nothing in
// any context.
func count(list *parse.ListNode, more int) error {
	source := fmt.Sprintf("{{$_ := %s %d}}", stepFunc, more+len(list.String())/16)
	trees, err := parse.Parse("step", source, "", "", map[string]any{stepFunc: (*budget).step})
	if err != nil {
		return err
	}
	list.Nodes = append([]parse.Node{trees["step"].Root.Nodes[0]}, list.Nodes...)
	return nil
}
