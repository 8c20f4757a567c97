package main

import (
	"strconv"

	"github.com/spf13/pflag"
)

// onOff is a switch that leaves the configuration as it is until it is given.
type onOff struct {
	given, on bool
}

func (o *onOff) flag(f *pflag.FlagSet, name, usage string) {
	f.VarPF(o, name, "", usage).NoOptDefVal = "true"
}

// over puts the switch over a setting.
func (o onOff) over(setting *bool) {
	if o.given {
		*setting = o.on
	}
}

// Set implements [pflag.Value].
func (o *onOff) Set(text string) error {
	on, err := strconv.ParseBool(text)
	o.given, o.on = true, on
	return err
}

// String implements [pflag.Value].
func (o *onOff) String() string {
	if !o.given {
		return ""
	}
	return strconv.FormatBool(o.on)
}

// Type implements [pflag.Value]. Bool makes help show it as a switch.
func (o *onOff) Type() string { return "bool" }
