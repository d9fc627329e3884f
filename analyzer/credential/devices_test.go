package credential

import (
	"strings"
	"testing"
)

func TestReadDevices(t *testing.T) {
	const user = `{"SerialNumber": "arn:aws:iam::111122223333:mfa/alice", "User": {"Arn": "arn:aws:iam::111122223333:user/alice"}}`
	const loose = `{"SerialNumber": "arn:aws:iam::111122223333:mfa/nobody"}`
	const root = `{"SerialNumber": "arn:aws:iam::111122223333:mfa/root-account-mfa-device", "User": {"Arn": "arn:aws:iam::111122223333:root"}}`
	for _, tt := range []struct {
		list string
		want Devices
		err  string
	}{
		{`{"VirtualMFADevices": []}`, Devices{}, ""},
		{`{"VirtualMFADevices": [` + user + `, ` + loose + `]}`, Devices{Account: "111122223333", Partition: "aws"}, ""},
		{`{"VirtualMFADevices": [` + user + `, ` + root + `]}`, Devices{"111122223333", "aws", true}, ""},
		{`{"VirtualMFADevices": [` + user + `, ` + strings.ReplaceAll(user, "111122223333", "444455556666") + `]}`, Devices{}, "devices of the accounts 111122223333 and 444455556666"},
		{`{"VirtualMFADevices": [{"SerialNumber": "GAHT12345678"}]}`, Devices{}, "is not an ARN"},
		{`{"VirtualMFADevices": [`, Devices{}, "it is not what aws iam list-virtual-mfa-devices prints"},
	} {
		got, err := ReadDevices("devices.json", strings.NewReader(tt.list))
		if tt.err == "" && (err != nil || got != tt.want) || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %+v, %v", tt.list, got, err)
		}
	}
}
