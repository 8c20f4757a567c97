package run

import (
	"fmt"
	"time"
)

// Duration is a time span that is written as text, such as "5m" or "0s", in
// configuration files and run documents.
type Duration time.Duration

// String writes it the way Go does.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes it for JSON and YAML.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote. A bare 0 is a span as well.
func (d *Duration) UnmarshalText(text []byte) error {
	if string(text) == "0" {
		*d = 0
		return nil
	}
	span, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no duration: write it like 30s, 5m or 1h30m", text)
	}
	if span < 0 {
		return fmt.Errorf("%q is negative", text)
	}
	*d = Duration(span)
	return nil
}

// Millis is a time span in milliseconds with microsecond precision, the unit
// of run documents.
type Millis float64

// ToMillis converts.
func ToMillis(d time.Duration) Millis { return Millis(float64(d.Microseconds()) / 1000) }

// Duration converts back.
func (m Millis) Duration() time.Duration {
	return time.Duration(float64(m) * float64(time.Millisecond))
}
