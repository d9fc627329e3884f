package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// document is a plan or a state that is being written, as a stream: they are
// larger than what the measuring process may hold.
type document struct {
	out *bufio.Writer
}

// write makes a document in a directory of its own.
func writeDocument(dir, name string, write func(document)) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	d := document{out: bufio.NewWriterSize(f, 1<<16)}
	write(d)
	if err := d.out.Flush(); err != nil { // the first error of all that was written
		f.Close()
		return err
	}
	return f.Close()
}

func (d document) put(text string) { d.out.WriteString(text) }

// list writes n elements of a JSON array or object, without its brackets.
func (d document) list(n int, element func(i int)) {
	for i := range n {
		if i > 0 {
			d.put(",\n")
		}
		element(i)
	}
}

// resourcesOfPart are the resources in each module of a plan or state.
const resourcesOfPart = 200

// plan is what terraform show -json prints of a plan of so many modules of 200
// resources, of which some are there, with changes, and some are to be made.
func (d document) plan(parts int) {
	d.put(`{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"child_modules":[` + "\n")
	d.list(parts, func(p int) {
		d.put(fmt.Sprintf(`{"address":"module.part_%d","resources":[`+"\n", p))
		d.list(resourcesOfPart, func(i int) {
			k := kindOf(i)
			d.put(d.header(k, p, i) + `,"schema_version":1,"values":` + d.values(k, p, i) + `,"sensitive_values":{"tags":{},"tags_all":{}}}`)
		})
		d.put("]}")
	})
	d.put(`]}},"resource_changes":[` + "\n")
	d.list(parts*resourcesOfPart, func(n int) {
		p, i := n/resourcesOfPart, n%resourcesOfPart
		k := kindOf(i)
		actions, before := `["create"]`, "null"
		if i%2 == 0 {
			actions, before = `["update"]`, d.values(k, p, i)
		}
		d.put(d.header(k, p, i) + fmt.Sprintf(`,"module_address":"module.part_%d","change":{"actions":%s,"before":%s,"after":%s,"after_unknown":{"id":true,"arn":true},"before_sensitive":false,"after_sensitive":{"tags":{}}}}`,
			p, actions, before, d.values(k, p, i)))
	})
	d.put(`],"configuration":{"provider_config":{"aws":{"name":"aws","full_name":"registry.terraform.io/hashicorp/aws","expressions":{"region":{"constant_value":"eu-central-1"}}}},"root_module":{"module_calls":{` + "\n")
	d.list(parts, func(p int) {
		d.put(fmt.Sprintf(`"part_%d":{"source":"./part","module":{"resources":[`+"\n", p))
		d.list(resourcesOfPart, func(i int) {
			k := kindOf(i)
			d.put(fmt.Sprintf(`{"address":"%s.this_%d","mode":"managed","type":"%[1]s","name":"this_%[2]d","provider_config_key":"aws","expressions":%s,"schema_version":1}`,
				k.typ, i, fill(k.expressions, p, i)))
		})
		d.put("]}}")
	})
	d.put("}}}}\n")
}

// state is a state file as terraform keeps it, of so many modules of 200 resources.
func (d document) state(parts int) {
	d.put(`{"version":4,"terraform_version":"1.11.4","serial":7,"lineage":"5cb92a3e-6c7a-4a4f-9e0f-3d7b1c2f0a11","outputs":{},"resources":[` + "\n")
	d.list(parts*resourcesOfPart, func(n int) {
		p, i := n/resourcesOfPart, n%resourcesOfPart
		k := kindOf(i)
		d.put(fmt.Sprintf(`{"module":"module.part_%d","mode":"managed","type":"%s","name":"this_%d","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":1,"attributes":%s,"sensitive_attributes":[],"private":"bnVsbA==","dependencies":["module.part_%[1]d.aws_vpc.this"]}]}`,
			p, k.typ, i, d.values(k, p, i)))
	})
	d.put(`],"check_results":null}` + "\n")
}

func (d document) header(k kind, p, i int) string {
	return fmt.Sprintf(`{"address":"module.part_%d.%s.this_%d","mode":"managed","type":"%[2]s","name":"this_%[3]d","provider_name":"registry.terraform.io/hashicorp/aws"`, p, k.typ, i)
}

func (d document) values(k kind, p, i int) string {
	return fill(strings.Replace(k.values, "{tags}", documentTags, 1), p, p*resourcesOfPart+i)
}

// kind is a type of resources in plans and states.
type kind struct {
	typ         string
	values      string
	expressions string // in the configuration of a plan
}

// kindOf is the kind of the i-th resource of a module: a sixth are identity.
func kindOf(i int) kind {
	switch i % 12 {
	case 0:
		return kindRole
	case 6:
		return kindUser
	}
	return []kind{kindInstance, kindAlarm, kindQueue}[i%3]
}

const documentTags = `{"Account":"{account}","Critical":"yes","Name":"stack-{r}-{i}","Repository":"infrastructure","Team":"team-{octet}"}`

var (
	kindRole = kind{"aws_iam_role",
		`{"arn":"arn:aws:iam::{account}:role/role-{r}-{i}","assume_role_policy":"{\"Statement\":[{\"Action\":\"sts:AssumeRole\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::{account}:root\"}}],\"Version\":\"2012-10-17\"}","description":"","force_detach_policies":false,"id":"role-{r}-{i}","inline_policy":[],"managed_policy_arns":[],"max_session_duration":3600,"name":"role-{r}-{i}","name_prefix":"","path":"/","permissions_boundary":"","tags":{tags},"unique_id":"AROA{account}"}`,
		`{"assume_role_policy":{"references":["data.aws_iam_policy_document.trust.json","data.aws_iam_policy_document.trust"]},"name":{"constant_value":"role-{r}-{i}"},"tags":{"references":["local.tags"]}}`}
	kindUser = kind{"aws_iam_user",
		`{"arn":"arn:aws:iam::{account}:user/user-{r}-{i}","force_destroy":false,"id":"user-{r}-{i}","name":"user-{r}-{i}","path":"/","permissions_boundary":"","tags":{tags},"unique_id":"AIDA{account}"}`,
		`{"name":{"constant_value":"user-{r}-{i}"},"tags":{"references":["local.tags"]}}`}
	kindInstance = kind{"aws_instance",
		`{"ami":"ami-0{account}","arn":"arn:aws:ec2:eu-central-1:{account}:instance/i-{i}","associate_public_ip_address":true,"availability_zone":"eu-central-1a","capacity_reservation_specification":[{"capacity_reservation_preference":"open","capacity_reservation_target":[]}],"cpu_options":[{"amd_sev_snp":"","core_count":1,"threads_per_core":2}],"credit_specification":[],"disable_api_stop":false,"disable_api_termination":false,"ebs_block_device":[{"delete_on_termination":true,"device_name":"/dev/sdf","encrypted":true,"iops":3000,"snapshot_id":"","throughput":125,"volume_size":{octet},"volume_type":"gp3"}],"ebs_optimized":true,"enclave_options":[{"enabled":false}],"id":"i-{i}","instance_initiated_shutdown_behavior":"stop","instance_type":"m6i.large","ipv6_address_count":0,"ipv6_addresses":[],"key_name":"","maintenance_options":[{"auto_recovery":"default"}],"metadata_options":[{"http_endpoint":"enabled","http_put_response_hop_limit":2,"http_tokens":"required","instance_metadata_tags":"disabled"}],"monitoring":true,"network_interface":[],"private_dns":"ip-10-{octet}-0-1.eu-central-1.compute.internal","private_ip":"10.{octet}.0.1","root_block_device":[{"delete_on_termination":true,"device_name":"/dev/xvda","encrypted":true,"iops":3000,"volume_id":"vol-0{account}","volume_size":50,"volume_type":"gp3"}],"secondary_private_ips":[],"source_dest_check":true,"subnet_id":"subnet-0{account}","tags":{tags},"tenancy":"default","user_data":"IyEvYmluL2Jhc2gKc2V0IC1ldW8gcGlwZWZhaWwKaG9zdG5hbWVjdGwgc2V0LWhvc3RuYW1lIHN0YWNrCnN5c3RlbWN0bCBlbmFibGUgLS1ub3cgYWdlbnQK","vpc_security_group_ids":["sg-0{account}"]}`,
		`{"ami":{"references":["data.aws_ami.base.id","data.aws_ami.base"]},"instance_type":{"constant_value":"m6i.large"},"metadata_options":[{"http_endpoint":{"constant_value":"enabled"},"http_tokens":{"constant_value":"required"}}],"monitoring":{"constant_value":true},"root_block_device":[{"encrypted":{"constant_value":true},"volume_size":{"constant_value":50}}],"tags":{"references":["local.tags"]}}`}
	kindAlarm = kind{"aws_cloudwatch_metric_alarm",
		`{"actions_enabled":true,"alarm_actions":["arn:aws:sns:eu-central-1:{account}:alarms"],"alarm_description":"Service {i} is busy for a quarter of an hour.","alarm_name":"stack-{r}-busy-{i}","arn":"arn:aws:cloudwatch:eu-central-1:{account}:alarm:stack-{r}-busy-{i}","comparison_operator":"GreaterThanThreshold","datapoints_to_alarm":0,"dimensions":{"Service":"service-{i}"},"evaluation_periods":3,"id":"stack-{r}-busy-{i}","insufficient_data_actions":[],"metric_name":"CPUUtilization","metric_query":[],"namespace":"AWS/EC2","ok_actions":["arn:aws:sns:eu-central-1:{account}:alarms"],"period":300,"statistic":"Average","tags":{tags},"threshold":80,"treat_missing_data":"missing"}`,
		`{"alarm_actions":{"references":["var.alarm_topic"]},"alarm_name":{"references":["local.name"]},"comparison_operator":{"constant_value":"GreaterThanThreshold"},"dimensions":{},"evaluation_periods":{"constant_value":3},"metric_name":{"constant_value":"CPUUtilization"},"threshold":{"constant_value":80}}`}
	kindQueue = kind{"aws_sqs_queue",
		`{"arn":"arn:aws:sqs:eu-central-1:{account}:jobs-{i}","content_based_deduplication":false,"delay_seconds":0,"fifo_queue":false,"id":"https://sqs.eu-central-1.amazonaws.com/{account}/jobs-{i}","kms_data_key_reuse_period_seconds":300,"max_message_size":262144,"message_retention_seconds":1209600,"name":"jobs-{i}","policy":"{\"Statement\":[{\"Action\":\"sqs:SendMessage\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},\"Resource\":\"arn:aws:sqs:eu-central-1:{account}:jobs-{i}\"}],\"Version\":\"2012-10-17\"}","receive_wait_time_seconds":0,"redrive_policy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-central-1:{account}:dead-{i}\",\"maxReceiveCount\":5}","sqs_managed_sse_enabled":true,"tags":{tags},"url":"https://sqs.eu-central-1.amazonaws.com/{account}/jobs-{i}","visibility_timeout_seconds":300}`,
		`{"message_retention_seconds":{},"name":{"references":["local.name"]},"redrive_policy":{"references":["aws_sqs_queue.dead.arn","aws_sqs_queue.dead"]},"visibility_timeout_seconds":{"constant_value":300}}`}
)
