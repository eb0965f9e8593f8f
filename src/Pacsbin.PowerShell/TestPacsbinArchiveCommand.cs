using System.Management.Automation;
using Pacsbin.Archives;

namespace Pacsbin.PowerShell;

/// <summary>Tries whether archives can be reached, and which of their services answer.</summary>
/// <remarks>
/// <para>Asks for a study that nobody has and stores nothing, so nothing of a patient is on the way. Shows TLS version, the certificate's SHA-256 and end, whether QIDO-RS, WADO-RS and STOW-RS answer,
/// the time of a small request, and the first problem.</para>
/// </remarks>
/// <example>
///   <code>Test-PacsbinArchive -Name pacs</code>
///   Tries one archive.
/// </example>
/// <example>
///   <code>Get-PacsbinArchive | Test-PacsbinArchive | Where-Object Problem</code>
///   Lists the archives with a problem, as a scheduled task may report them.
/// </example>
/// <example>
///   <code>(Test-PacsbinArchive -Name teaching).Thumbprint</code>
///   Shows the SHA-256 of the archive's certificate, to compare with what its owner says and to register with -Thumbprint.
/// </example>
/// <seealso cref="RegisterPacsbinArchiveCommand"/>
/// <seealso cref="GetPacsbinArchiveCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "PacsbinArchive")]
[OutputType(typeof(ArchiveTestResult))]
public sealed class TestPacsbinArchiveCommand : DicomStudyCmdlet
{
    /// <summary>The archives' names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ArchiveNameCompleter))]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            try
            {
                using var client = OpenArchive(name);
                ArchiveTestResult? result = null;
                RunApart(pump => result = new ArchiveTest(client).RunAsync(pump.Cancellation).GetAwaiter().GetResult());
                if (result is not null)
                {
                    WriteObject(result);
                }
            }
            catch (PacsbinException e)
            {
                WriteError(ErrorRecords.Of(e, name));
            }
        }
    }
}
