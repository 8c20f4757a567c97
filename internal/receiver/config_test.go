package receiver

import (
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestConfigErrors(t *testing.T) {
	oidc := func(change func(*OIDC)) []App {
		o := &OIDC{Issuer: "https://op.example", ClientID: "app", BaseURL: "https://rp.example"}
		change(o)
		return []App{{Name: "web", OIDC: o}}
	}
	shared := func(secret string, requires ...string) App {
		return App{Name: "forum", SharedSecret: &SharedSecret{Secret: []byte(secret), Requires: requires}}
	}
	good := oidc(func(*OIDC) {})
	for name, c := range map[string]Config{
		"no app":        {},
		"no profile":    {Apps: []App{{Name: "web"}}},
		"two profiles":  {Apps: []App{{Name: "web", OIDC: good[0].OIDC, SharedSecret: shared(testSecret).SharedSecret}}},
		"empty name":    {Apps: []App{{OIDC: good[0].OIDC}}},
		"dots":          {Apps: []App{{Name: "..", OIDC: good[0].OIDC}}},
		"slash":         {Apps: []App{{Name: "a/b", OIDC: good[0].OIDC}}},
		"same name":     {Apps: append(good, good...)},
		"issuer":        {Apps: oidc(func(o *OIDC) { o.Issuer = "op.example" })},
		"issuer query":  {Apps: oidc(func(o *OIDC) { o.Issuer += "?a" })},
		"issuer broken": {Apps: oidc(func(o *OIDC) { o.Issuer = "https://%zz" })},
		"base":          {Apps: oidc(func(o *OIDC) { o.BaseURL = "" })},
		"client":        {Apps: oidc(func(o *OIDC) { o.ClientID = "" })},
		"alg none":      {Apps: oidc(func(o *OIDC) { o.SigningAlg = "none" })},
		"alg HS256":     {Apps: oidc(func(o *OIDC) { o.SigningAlg = "HS256" })},
		"short HS256":   {Apps: oidc(func(o *OIDC) { o.SigningAlg, o.ClientSecret = "HS256", testSecret[1:] })},
		"half enc":      {Apps: oidc(func(o *OIDC) { o.EncryptionAlg, o.EncryptionEnc = "RSA-OAEP", "A128GCM" })},
		"key alone":     {Apps: oidc(func(o *OIDC) { o.EncryptionKey = testKeys().rsa })},
		"empty secret":  {Apps: []App{shared("")}},
		"short secret":  {Apps: []App{shared(testSecret[1:])}},
		"empty claim":   {Apps: []App{shared(testSecret, "")}},
		"defect":        {Apps: good, Defect: "no-such-defect"},
		"other profile": {Apps: good, Defect: "weak-secret-fallback"},
		"other profil2": {Apps: []App{shared(testSecret)}, Defect: "iss-unchecked"},
	} {
		if _, err := New(c); err == nil || !strings.HasPrefix(err.Error(), "receiver: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Config{Apps: append(good, shared(testSecret, "exp"))}); err != nil {
		t.Error(err)
	}
}

// What the receiver promises to the outside.
func TestLimitsAreWithinReason(t *testing.T) {
	if leeway > time.Minute || requestLimit >= 10*time.Second || 2*fetchLimit > requestLimit {
		t.Errorf("leeway %v, request %v, fetch %v", leeway, requestLimit, fetchLimit)
	}
}

func TestEveryPartIsSet(t *testing.T) {
	for _, p := range []parts{oidcParts(), sharedSecretParts()} {
		v := reflect.ValueOf(p)
		for i := range v.NumField() {
			if v.Field(i).IsNil() {
				t.Errorf("%s is not set", v.Type().Field(i).Name)
			}
		}
	}
}

// The harness and its reference target must not share a mistake.
func TestNothingOfThisModuleIsImported(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if strings.Contains(i.Path.Value, "loggedout") {
				t.Errorf("%s imports %s", file, i.Path.Value)
			}
		}
	}
}
