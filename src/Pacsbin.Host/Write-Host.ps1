[CmdletBinding()]
param(
    [Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)]
    [Alias('Msg', 'Message')]
    [object] $Object,
    [switch] $NoNewline,
    [object] $Separator = ' ',
    [ConsoleColor] $ForegroundColor,
    [ConsoleColor] $BackgroundColor
)
process {
    $message = [System.Management.Automation.HostInformationMessage]@{ Message = $Object -join $Separator; NoNewLine = $NoNewline }
    foreach ($colour in 'ForegroundColor', 'BackgroundColor') {
        if ($PSBoundParameters.ContainsKey($colour)) { $message.$colour = $PSBoundParameters[$colour] }
    }
    # The tag makes the engine show the record whatever InformationPreference says.
    $PSCmdlet.WriteInformation($message, [string[]] 'PSHOST')
}
