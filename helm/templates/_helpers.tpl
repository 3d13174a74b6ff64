{{/* Name of the chart, or what the user calls it. */}}
{{- define "herald.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name of all objects: the release's when it has ours in it. */}}
{{- define "herald.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "herald.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "herald.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels of the pods of a deployment, and of nothing else. */}}
{{- define "herald.selectorLabels" -}}
app.kubernetes.io/name: {{ include "herald.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: forwarder
{{- end }}

{{- define "herald.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "herald.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of the pods whose port is scraped: authentik's when herald is a sidecar. */}}
{{- define "herald.podSelector" -}}
{{- if eq .Values.mode "sidecar" -}}
{{ toYaml .Values.authentik.selectorLabels }}
{{- else -}}
{{ include "herald.selectorLabels" . }}
{{- end }}
{{- end }}

{{/* Where the pods are that herald runs in. */}}
{{- define "herald.podNamespace" -}}
{{- if eq .Values.mode "sidecar" }}{{ include "herald.authentikNamespace" . }}{{ else }}{{ .Release.Namespace }}{{ end }}
{{- end }}

{{- define "herald.authentikNamespace" -}}
{{- .Values.authentik.namespace | default .Release.Namespace }}
{{- end }}

{{/* "true" where logs come from the Kubernetes API. */}}
{{- define "herald.usesApi" -}}
{{- if or (eq .Values.mode "deployment") (eq .Values.logs "api") }}true{{ end }}
{{- end }}

{{- define "herald.serviceAccountName" -}}
{{- if and .Values.serviceAccount.create (include "herald.usesApi" .) }}
{{- default (include "herald.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "herald.secretName" -}}
{{- .Values.existingSecret | default (include "herald.fullname" .) }}
{{- end }}

{{- define "herald.image" -}}
{{- $image := .Values.image }}
{{- if $image.digest }}{{ printf "%s@%s" $image.repository $image.digest }}
{{- else }}{{ printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}

{{/* The configuration: what the user says over what follows from the other values. */}}
{{- define "herald.config" -}}
{{- $given := dict
  "instance" (ternary "${env:POD_NAME}" (include "herald.fullname" .) (eq .Values.mode "sidecar"))
  "sources" (include "herald.sources" . | fromYamlArray)
  "journal" (dict "path" "/var/lib/herald")
  "server" (dict "listen" (printf ":%v" .Values.service.port) "token" "${file:/run/secrets/herald/token}")
}}
{{- mergeOverwrite $given (deepCopy .Values.config) | toYaml }}
{{- end }}

{{/* The key of the Secret that is the server's token; empty where the token comes from elsewhere. */}}
{{- define "herald.tokenKey" -}}
{{- $token := dig "server" "token" "" (include "herald.config" . | fromYaml) }}
{{- if regexMatch "^\\$\\{file:/run/secrets/herald/[-._a-zA-Z0-9]+\\}$" $token }}
{{- $token | trimPrefix "${file:/run/secrets/herald/" | trimSuffix "}" }}
{{- end }}
{{- end }}

{{- define "herald.sources" -}}
{{- if eq .Values.mode "deployment" -}}
- type: kubernetes
  name: authentik
  namespace: {{ include "herald.authentikNamespace" . }}
  selector: {{ include "herald.selectorText" .Values.authentik.selectorLabels }}
  containers: {{ toJson .Values.authentik.containers }}
{{- else if eq .Values.logs "api" -}}
- type: kubernetes
  name: authentik
  pod: own
  containers: {{ toJson .Values.authentik.containers }}
{{- else if eq .Values.logs "hostPath" -}}
- type: file
  name: authentik
  paths:
    {{- range .Values.authentik.containers }}
    - /var/log/pods/{{ . }}/*.log
    {{- end }}
{{- else -}}
- type: file
  name: authentik
  paths: [/var/log/authentik/*.log]
{{- end }}
{{- end }}

{{/* Labels as a selector's text: a=b,c=d. */}}
{{- define "herald.selectorText" -}}
{{- $pairs := list }}
{{- range $name, $value := . }}{{ $pairs = append $pairs (printf "%s=%s" $name $value) }}{{ end }}
{{- join "," $pairs }}
{{- end }}

{{/* What the container and the tests have in common. */}}
{{- define "herald.container" -}}
image: {{ include "herald.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: POD_NAME
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - {name: config, mountPath: /etc/herald, readOnly: true}
  - {name: secrets, mountPath: /run/secrets/herald, readOnly: true}
  - {name: journal, mountPath: /var/lib/herald}
  - {name: tmp, mountPath: /tmp}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Volumes of the container; the journal is the caller's. */}}
{{- define "herald.volumes" -}}
- name: config
  configMap: {name: {{ include "herald.fullname" . }}}
- name: secrets
  secret: {secretName: {{ include "herald.secretName" . }}, defaultMode: 0440}
- name: tmp
  emptyDir: {sizeLimit: 16Mi}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The service account's token as the kubelet would mount it, for one container instead of all. */}}
{{- define "herald.apiToken" -}}
- name: api-token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap:
          name: kube-root-ca.crt
          items: [{key: ca.crt, path: ca.crt}]
      - downwardAPI:
          items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]
{{- end }}
