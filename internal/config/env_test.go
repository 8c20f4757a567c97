package config_test

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
)

// A setting is one key of the file, with what its variable is to be set to.
type setting struct {
	variable string
	of       reflect.Type
	read     func(config.Config) reflect.Value
}

// settings walks the struct: what a new field is called in the environment
// follows from its place.
func settings(t reflect.Type, prefix string, at func(config.Config) reflect.Value) []setting {
	var out []setting
	for i := range t.NumField() {
		field := t.Field(i)
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		read := func(c config.Config) reflect.Value { return at(c).Field(i) }
		name, of := prefix+"_"+strings.ToUpper(key), field.Type
		if options == "inline" {
			name = prefix
		}
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
			within := read
			read = func(c config.Config) reflect.Value {
				if within(c).IsNil() {
					return reflect.Zero(of)
				}
				return within(c).Elem()
			}
		}
		switch {
		case key == "-":
		case of.Kind() == reflect.Struct:
			out = append(out, settings(of, name, read)...)
		default:
			out = append(out, setting{name, of, read})
		}
	}
	return out
}

func allSettings() []setting {
	return settings(reflect.TypeFor[config.Config](), "CONFORMANCE", func(c config.Config) reflect.Value { return reflect.ValueOf(c) })
}

// sample is a text for a setting, and what is then read, neither of them a
// default.
func sample(t *testing.T, of reflect.Type) (text string, want any) {
	t.Helper()
	if _, ok := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(of)); ok {
		return "77s", "1m17s"
	}
	switch of.Kind() {
	case reflect.String:
		return " some, text ", " some, text "
	case reflect.Int:
		return "77", 77
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Int {
			return "477, 478", []int{477, 478}
		}
		return "one, two", []string{"one", "two"}
	default:
		t.Fatalf("a setting of type %v: say here how it is written", of)
	}
	return "", nil
}

func TestEveryKeyHasAVariable(t *testing.T) {
	names := map[string]bool{}
	for _, s := range allSettings() {
		t.Run(s.variable, func(t *testing.T) {
			if names[s.variable] {
				t.Error("two keys share this variable")
			}
			names[s.variable] = true
			switch s.of.Kind() {
			case reflect.Map:
				_, err := config.Load("", env(s.variable, "x"))
				expectError(t, err, "environment variable "+s.variable+":", "can only be given in the file")
			case reflect.Bool:
				for text, want := range map[string]bool{"true": true, "false": false} {
					c, err := config.Load("", env(s.variable, text))
					if err != nil || s.read(c).Bool() != want {
						t.Errorf("%s: %v %v", text, s.read(c), err)
					}
				}
			default:
				text, want := sample(t, s.of)
				c, err := config.Load("", env(s.variable, text))
				if err != nil {
					t.Fatal(err)
				}
				got := s.read(c)
				if duration, ok := reflect.TypeAssert[fmt.Stringer](got); ok {
					got = reflect.ValueOf(duration.String())
				}
				if got.Kind() == reflect.String {
					got = reflect.ValueOf(got.String())
				}
				if !reflect.DeepEqual(got.Interface(), want) {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	for _, name := range []string{
		"CONFORMANCE_PROFILE", "CONFORMANCE_TARGET_LOGOUT_URL", "CONFORMANCE_TARGET_LOGIN_REQUEST_URL",
		"CONFORMANCE_TARGET_PROBE_ALIVE_STATUS", "CONFORMANCE_SECRET_REQUIRES", "CONFORMANCE_DECLARES_KEY_CACHE",
	} {
		if !names[name] {
			t.Errorf("there is no %s", name)
		}
	}
}

func TestAVariableLeavesTheRestOfALogin(t *testing.T) {
	path := file(t, "target: {login: {request: {url: http://a/, form: {uid: x}}}}")
	c, err := config.Load(path, env("CONFORMANCE_TARGET_LOGIN_REQUEST_URL", "http://b/"))
	if r := c.Target.Login.Request; err != nil || r == nil || r.URL != "http://b/" || r.Form["uid"] != "x" {
		t.Errorf("%v %+v", err, r)
	}
	if c, err = config.Load("", env()); err != nil || c.Target.Login.Request != nil {
		t.Errorf("a login that nobody described: %v %+v", err, c.Target.Login.Request)
	}
}

func TestWrongVariables(t *testing.T) {
	for variable, c := range map[string]struct{ text, want string }{
		"CONFORMANCE_RUN_WORKERS":           {"many", `"many" is no whole number`},
		"CONFORMANCE_RUN_TIMEOUT":           {"-1s", `"-1s" is negative`},
		"CONFORMANCE_RUN_BUDGET":            {"10", `"10" is no duration`},
		"CONFORMANCE_DECLARES_SID":          {"maybe", `"maybe" is neither true nor false`},
		"CONFORMANCE_DECLARES_LEEWAY":       {"soon", `"soon" is no duration`},
		"CONFORMANCE_DECLARES_KEY_CACHE":    {"1 m", `"1 m" is no duration`},
		"CONFORMANCE_DECLARES_DEATH_WITHIN": {"9999999h", "is no duration"},

		"CONFORMANCE_TARGET_PROBE_ALIVE_STATUS": {"200,", `"" is no whole number`},
		"CONFORMANCE_DECLARES_REFUSAL_STATUS":   {"400;401", `"400;401" is no whole number`},
	} {
		t.Run(variable, func(t *testing.T) {
			_, err := config.Load("", env(variable, c.text))
			expectError(t, err, "environment variable "+variable+": ", c.want)
		})
	}
}
