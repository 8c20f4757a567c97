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

	"github.com/goccy/go-yaml"
)

// maxFile bounds a configuration file, in bytes.
const maxFile = 1 << 20

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
	if err := overlay(reflect.ValueOf(&c).Elem(), "CONFORMANCE", getenv); err != nil {
		return c, err
	}
	return c, nil
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
	err := yaml.UnmarshalWithOptions(text, c, yaml.Strict())
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		where := at.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", name, where.Line, where.Column, at.GetMessage())
	}
	return fmt.Errorf("%s: %w", name, err)
}

// overlay sets every field whose variable is there. The variable of
// target.logout_url is CONFORMANCE_TARGET_LOGOUT_URL; lists are separated by
// commas.
func overlay(v reflect.Value, prefix string, getenv func(string) string) error {
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
		if field.Kind() == reflect.Struct {
			if err := overlay(field, name, getenv); err != nil {
				return err
			}
			continue
		}
		text := getenv(name)
		if text == "" {
			continue
		}
		if err := set(field, text); err != nil {
			return fmt.Errorf("environment variable %s: %w", name, err)
		}
	}
	return nil
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
