package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// maxFile bounds a configuration file, in bytes.
const maxFile = 64 << 10

// Load reads a file over the defaults, and the environment over the file.
// An empty path means no file. getenv is asked for CONFORMANCE_… variables.
// Errors name the file with line and column, or the variable.
func Load(path string, getenv func(string) string) (Config, error) {
	c := Default()
	if path != "" {
		if err := readFile(path, &c); err != nil {
			return c, err
		}
		c.Dir = filepath.Dir(path)
	}
	_, err := overlay(reflect.ValueOf(&c).Elem(), "CONFORMANCE", getenv)
	return c, err
}

func readFile(path string, c *Config) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fmt.Errorf("read the configuration %s: %w", path, err)
	}
	if len(text) > maxFile {
		return fmt.Errorf("the configuration %s is larger than %d bytes", path, maxFile)
	}
	return Parse(path, text, c)
}

// Parse reads YAML over a configuration. Unknown keys are errors; name is what
// the text is called in them.
func Parse(name string, text []byte, c *Config) error {
	body, err := parse(text)
	if err == nil && body != nil {
		if err = fits(body, reflect.TypeFor[Config](), ""); err == nil {
			err = yaml.NodeToValue(body, c, yaml.Strict())
		}
	}
	var at yaml.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at) && at.GetToken() != nil:
		where := at.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", name, where.Line, where.Column, oneLine(at.GetMessage()))
	}
	return fmt.Errorf("%s: %s", name, oneLine(err.Error()))
}

// oneLine makes what a file says printable.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '·'
	}, strings.Join(strings.Fields(text), " "))
}

// overlay sets every field whose variable is there, and says whether there was
// one. The variable of target.logout_url is CONFORMANCE_TARGET_LOGOUT_URL;
// lists are separated by commas.
func overlay(v reflect.Value, prefix string, getenv func(string) string) (found bool, err error) {
	for i := range v.NumField() {
		field, tag := v.Field(i), v.Type().Field(i).Tag.Get("yaml")
		key, options, _ := strings.Cut(tag, ",")
		if key == "-" {
			continue
		}
		name := prefix
		if options != "inline" {
			name = prefix + "_" + strings.ToUpper(key)
		}
		below, err := overlayField(field, name, getenv)
		if err != nil {
			return false, err
		}
		found = found || below
	}
	return found, nil
}

func overlayField(field reflect.Value, name string, getenv func(string) string) (found bool, err error) {
	if field.Kind() == reflect.Struct {
		return overlay(field, name, getenv)
	}
	if field.Kind() == reflect.Pointer { // to a struct that is there only when something is said of it
		value := reflect.New(field.Type().Elem())
		if !field.IsNil() {
			value.Elem().Set(field.Elem())
		}
		if found, err = overlay(value.Elem(), name, getenv); found {
			field.Set(value)
		}
		return found, err
	}
	text := getenv(name)
	if text == "" {
		return false, nil
	}
	if err := set(field, text); err != nil {
		return false, fmt.Errorf("environment variable %s: %w", name, err)
	}
	return true, nil
}

func set(field reflect.Value, text string) error {
	if reader, ok := reflect.TypeAssert[interface{ UnmarshalText([]byte) error }](field.Addr()); ok {
		return reader.UnmarshalText([]byte(text))
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		field.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
		field.SetInt(int64(n))
	case reflect.Slice:
		items := strings.Split(text, ",")
		list := reflect.MakeSlice(field.Type(), len(items), len(items))
		for i, item := range items {
			if err := set(list.Index(i), strings.TrimSpace(item)); err != nil {
				return err
			}
		}
		field.Set(list)
	default:
		return errors.New("this setting can only be given in the file")
	}
	return nil
}
