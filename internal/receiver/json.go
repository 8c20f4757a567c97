package receiver

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// maxDepth bounds nesting in a token; logout tokens need three levels.
const maxDepth = 32

// object is a JSON object whose names are compared exactly, case included (RFC 7519 7.3). Values are string,
// json.Number, bool, nil, []any or object.
type object map[string]any

// strictObject reads one JSON object and nothing else: valid UTF-8, no lone surrogates that a decoder would repair
// into another user's name, no member twice at any level, no text after the end (RFC 7519 4 and 7.2, RFC 7515 10.12).
func strictObject(text []byte) (object, error) {
	if !utf8.Valid(text) || !json.Valid(text) || loneSurrogate(text) {
		return nil, refused("not valid JSON in UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := readValue(d, maxDepth)
	if err != nil {
		return nil, err
	}
	o, ok := v.(object)
	if !ok {
		return nil, refused("not a JSON object")
	}
	return o, nil
}

// readValue reads one value token by token, since decoding into a map would hide duplicates.
func readValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, refused("not valid JSON")
	}
	open, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if depth == 0 {
		return nil, refused("JSON nested too deeply")
	}
	if open == '[' {
		return readArray(d, depth-1)
	}
	return readMembers(d, depth-1)
}

func readArray(d *json.Decoder, depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := readValue(d, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func readMembers(d *json.Decoder, depth int) (any, error) {
	o := object{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, refused("not valid JSON")
		}
		if _, twice := o[name]; twice {
			return nil, refused("a JSON member appears twice")
		}
		if o[name], err = readValue(d, depth); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return o, err
}

// loneSurrogate finds \uD800 to \uDFFF escapes that are not a pair, in text that is valid JSON: there a backslash
// stands only inside strings and is always followed by a whole escape.
func loneSurrogate(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' {
			continue
		}
		unit := hex4(text[i+1:])
		i += 4
		switch {
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		case unit >= 0xD800 && unit <= 0xDBFF:
			rest := text[i+1:]
			if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
				return true
			}
			if low := hex4(rest[2:]); low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 6
		}
	}
	return false
}

func hex4(text []byte) uint64 {
	n, err := strconv.ParseUint(string(text[:4]), 16, 16)
	if err != nil {
		return 0
	}
	return n
}

// text returns a member that must be a non-empty string when it is there.
func (o object) text(name string) (value string, present bool, err error) {
	v, present := o[name]
	if !present {
		return "", false, nil
	}
	s, ok := v.(string)
	if !ok || s == "" {
		return "", true, refused("a member that names something is not a non-empty string")
	}
	return s, true, nil
}

// date returns a NumericDate: seconds since 1970 as a JSON number, fractions allowed (RFC 7519 2).
func (o object) date(name string) (seconds float64, present bool, err error) {
	v, present := o[name]
	if !present {
		return 0, false, nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return 0, true, refused("a date is not a number")
	}
	seconds, err = strconv.ParseFloat(n.String(), 64)
	if err != nil || math.IsInf(seconds, 0) || math.IsNaN(seconds) {
		return 0, true, refused("a date is out of range")
	}
	return seconds, true, nil
}

// unix is a time as a NumericDate.
func unix(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }
