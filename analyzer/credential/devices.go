package credential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Devices are the virtual MFA devices of an account. A credential report says
// that root has an MFA device, and not of what kind; a list of the virtual ones
// does.
type Devices struct {
	Account   string // 12 digits; "" when the list is empty, which names none
	Partition string // aws, aws-cn, aws-us-gov
	Root      bool   // one of them is root's
}

// maxDevices is how many bytes of a list are read: some 300 for each device.
const maxDevices = 64 << 20

// ListsDevices says that a file, or its beginning, is such a list.
func ListsDevices(head []byte) bool {
	return bytes.Contains(head[:min(len(head), 512)], []byte(`"VirtualMFADevices"`))
}

// ReadDevices reads what `aws iam list-virtual-mfa-devices` prints.
func ReadDevices(name string, r io.Reader) (Devices, error) {
	var list struct {
		VirtualMFADevices []struct {
			SerialNumber string
			User         struct{ Arn string }
		}
	}
	if err := json.NewDecoder(io.LimitReader(r, maxDevices)).Decode(&list); err != nil {
		return Devices{}, fmt.Errorf("%s: it is not what aws iam list-virtual-mfa-devices prints: %w", name, err)
	}
	var out Devices
	for _, d := range list.VirtualMFADevices {
		parts := strings.SplitN(d.SerialNumber, ":", 6)
		if len(parts) != 6 || parts[2] != "iam" || len(parts[4]) != 12 {
			return Devices{}, fmt.Errorf("%s: the serial number %q of a device is not an ARN", name, d.SerialNumber)
		}
		if out.Account != "" && out.Account != parts[4] {
			return Devices{}, fmt.Errorf("%s: it lists devices of the accounts %s and %s", name, out.Account, parts[4])
		}
		out.Account, out.Partition = parts[4], parts[1]
		out.Root = out.Root || strings.HasSuffix(d.User.Arn, ":root")
	}
	return out, nil
}
