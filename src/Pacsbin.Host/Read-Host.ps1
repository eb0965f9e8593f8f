[CmdletBinding()]
param(
    [Parameter(Position = 0, ValueFromRemainingArguments)]
    [object] $Prompt,
    [switch] $AsSecureString
)
if ($null -ne $Prompt) { $Host.UI.Write("$($Prompt -join ' '): ") }
try {
    if ($AsSecureString) { $Host.UI.ReadLineAsSecureString() } else { $Host.UI.ReadLine() }
}
catch [System.Management.Automation.MethodInvocationException] {
    $PSCmdlet.ThrowTerminatingError($_.Exception.InnerException.ErrorRecord)
}
