package config

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// What a configuration cannot need. The time and memory that a parser takes
// grow fast with both.
const (
	maxDepth   = 32
	maxAliases = 16
)

// parse reads the one document of a file; nil when there is nothing in it.
func parse(text []byte) (ast.Node, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // a byte-order mark, as some editors write it
	if !utf8.Valid(text) {
		return nil, errors.New("is no UTF-8 text: save the file as UTF-8")
	}
	depth := 0
	for _, b := range text {
		switch b {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		}
		if depth > maxDepth {
			return nil, fmt.Errorf("more than %d brackets are open at once", maxDepth)
		}
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, err
	}
	var body ast.Node
	for _, document := range file.Docs {
		switch {
		case document.Body == nil, document.Body.Type() == ast.NullType, document.Body.Type() == ast.CommentType:
		case body != nil:
			return nil, wrong(document.Body, "a second document begins: a configuration is one")
		default:
			body = document.Body
		}
	}
	if body == nil {
		return nil, nil
	}
	limits := &limits{}
	ast.Walk(limits, body)
	return body, limits.err
}

// limits finds what is nested or repeated too much.
type limits struct {
	aliases int
	err     error
}

// Visit implements [ast.Visitor].
func (l *limits) Visit(n ast.Node) ast.Visitor {
	if n.Type() == ast.AliasType {
		l.aliases++
	}
	switch {
	case l.err != nil:
		return nil
	case l.aliases > maxAliases:
		l.err = wrong(n, "more than %d aliases", maxAliases)
	case strings.Count(n.GetPath(), ".")+strings.Count(n.GetPath(), "[") > maxDepth:
		l.err = wrong(n, "nested deeper than %d", maxDepth)
	}
	return l
}

// fits says what is wrong with a value, where the decoder would take something
// else for it or not say where it stands. Unknown keys are left to the decoder.
func fits(n ast.Node, t reflect.Type, key string) error {
	switch v := n.(type) {
	case *ast.AnchorNode:
		return fits(v.Value, t, key)
	case nil, *ast.NullNode, *ast.AliasNode, *ast.TagNode:
		return nil
	}
	if _, ok := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(t)); ok {
		return fitsScalar(n, t, key)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return fits(n, t.Elem(), key)
	case reflect.Struct, reflect.Map:
		return fitsBelow(n, t, key)
	case reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			return wrong(n, "%s: want a list, such as [%s]", key, strings.TrimSpace(n.GetToken().Value))
		}
		for _, item := range list.Values {
			if err := fits(item, t.Elem(), key); err != nil {
				return err
			}
		}
		return nil
	default:
		return fitsScalar(n, t, key)
	}
}

// fitsBelow looks at the values of a mapping.
func fitsBelow(n ast.Node, t reflect.Type, key string) error {
	var pairs []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		pairs = v.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{v}
	default:
		return wrong(n, "%swant keys with values here", prefix(key))
	}
	for _, pair := range pairs {
		name := pair.Key.GetToken().Value
		if below := typeOf(t, name); below != nil {
			if err := fits(pair.Value, below, strings.TrimPrefix(key+"."+name, ".")); err != nil {
				return err
			}
		}
	}
	return nil
}

// typeOf is the type of what stands under a key; nil when there is no such key.
func typeOf(t reflect.Type, name string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	for field := range t.Fields() {
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if options == "inline" {
			if found := typeOf(field.Type, name); found != nil {
				return found
			}
		} else if key == name && key != "-" {
			return field.Type
		}
	}
	return nil
}

// fitsScalar holds a text, number, switch or duration against what the same
// text would mean in the environment.
func fitsScalar(n ast.Node, t reflect.Type, key string) error {
	scalar, ok := n.(ast.ScalarNode)
	if !ok {
		return wrong(n, "%s: want one value here", key)
	}
	text := fmt.Sprint(scalar.GetValue())
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		if t.Kind() == reflect.Bool {
			return wrong(n, "%s: %q is neither true nor false", key, text)
		}
	default: // the value is not shown: it may be a secret
		if t.Kind() == reflect.String && text != strings.TrimSpace(n.GetToken().Value) {
			return wrong(n, "%s: YAML takes this for a number or a switch, and writes it in another way: put it in quotes", key)
		}
	}
	if err := set(reflect.New(t).Elem(), text); err != nil {
		return wrong(n, "%s: %s", key, err)
	}
	return nil
}

func wrong(n ast.Node, format string, a ...any) error {
	return &yaml.SyntaxError{Message: fmt.Sprintf(format, a...), Token: n.GetToken()}
}

func prefix(key string) string {
	if key == "" {
		return ""
	}
	return key + ": "
}
