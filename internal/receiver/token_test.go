package receiver

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestStrictObject(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for text, good := range map[string]bool{
		`{}`: true, ` {"a":1} `: true, `{"a":{"b":[1,true,null,"x"]}}`: true, `{"\u0073ub":"a"}`: true,
		`{"a":"\ud83d\ude00"}`: true, `{"a":"\\ud800"}`: true, `{"a":"é"}`: true, `{"a":1,"A":2}`: true,
		``: false, `null`: false, `[]`: false, `"a"`: false, `1`: false, `true`: false,
		`{"a":1,"a":2}`: false, `{"a":1,"\u0061":2}`: false, `{"a":{"b":1,"b":1}}`: false, `{"a":[{"b":1,"b":1}]}`: false,
		`{}{}`: false, `{}x`: false, `x{}`: false, "{}\x00": false, "\xef\xbb\xbf{}": false,
		`{'a':1}`: false, `{a:1}`: false, `{"a":1,}`: false, `{"a":01}`: false, `{"a":NaN}`: false, `{/**/}`: false,
		"{\"a\":\"\xff\"}": false, "{\"a\":\"\n\"}": false, `{"a":"\ud800"}`: false, `{"a":"\ude00"}`: false,
		`{"a":"\ud83dx"}`: false, `{"a":"\ud83d\u0041"}`: false, `{"\udc00":1}`: false,
		`{"a":` + deep + `}`: false, strings.Repeat("[", 100_000): false,
	} {
		if _, err := strictObject([]byte(text)); (err == nil) != good {
			t.Errorf("%.60q: %v, want good %v", text, err, good)
		}
	}
}

func TestParseToken(t *testing.T) {
	h, c := segment(object{"alg": "RS256"}), segment(object{"sub": "a"})
	for raw, good := range map[string]bool{
		h + "." + c + ".AA": true, h + "." + c + ".": true,
		"": false, ".": false, "..": false, h: false, h + "." + c: false, h + "." + c + ".A.A": false,
		h + "." + c + ".A.A.A": false, h + ".." + "AA": false, "." + c + ".AA": false, strings.Repeat(".", 100_000): false,
		h + "=." + c + ".AA": false, h + "." + c + ".AA==": false, h + "." + c + ".AB": false, h + "." + c + ".A": false,
		h + "." + c + ".A+": false, h + "." + c + ".A/": false, h + "." + c + ".A\n": false, h + "." + c + ".\r\nAA": false,
		" " + h + "." + c + ".AA": false, h + "." + c + ".AA ": false, h + "." + c + ".!!": false,
		h + "." + segment("[]") + ".AA": false, segment("null") + "." + c + ".AA": false,
		`{"payload":"` + c + `","protected":"` + h + `","signature":"AA"}`: false,
	} {
		p := oidcParts()
		if _, err := p.parse(raw); (err == nil) != good {
			t.Errorf("%.80q: %v, want good %v", raw, err, good)
		}
	}
}

// The strict reader must agree with encoding/json about everything it takes, and take nothing that encodes differently.
func FuzzParseToken(f *testing.F) {
	for _, claims := range []string{`{"sub":"a"}`, `{"a":1,"a":2}`, `{"\ud800":1}`, `{"a":[{"b":null}]}`, `[]`, `{"a":1e400}`, `{}{}`} {
		f.Add(segment(`{"alg":"RS256"}`) + "." + segment(claims) + ".AA")
	}
	f.Add("a.b.c")
	f.Add("e30.e30.\n")
	f.Fuzz(func(t *testing.T, raw string) {
		p := oidcParts()
		got, err := p.parse(raw)
		if err != nil {
			return
		}
		segments := strings.Split(raw, ".")
		for i, o := range []object{got.header, got.claims} {
			text, err := base64url.DecodeString(segments[i])
			if err != nil || b64(text) != segments[i] {
				t.Fatalf("%q: segment %d has another spelling", raw, i)
			}
			d := json.NewDecoder(bytes.NewReader(text))
			d.UseNumber()
			var plain map[string]any
			if err := d.Decode(&plain); err != nil || !reflect.DeepEqual(plain, plainly(o)) {
				t.Fatalf("%q: read as %v, %v by encoding/json", raw, plain, err)
			}
		}
		if b64(got.signature) != segments[2] || got.signed != segments[0]+"."+segments[1] {
			t.Fatalf("%q: the signature covers something else", raw)
		}
	})
}

// plainly turns objects into maps.
func plainly(v any) any {
	switch v := v.(type) {
	case object:
		m := map[string]any{}
		for name, value := range v {
			m[name] = plainly(value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plainly(v[i])
		}
		return list
	}
	return v
}

func jwkObject(t *testing.T, v any) object {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	o, err := strictObject(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
