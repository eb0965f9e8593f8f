using System.Collections;
using System.Management.Automation;
using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.PowerShell;

/// <summary>What cmdlets on anonymizer scripts share: their files, and how they are read.</summary>
public abstract class ScriptCmdlet : PSCmdlet
{
    private ScriptReader? reader;

    /// <summary>Scripts of CTP or Pacsbin. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The same as Path, for names in which [ or another wildcard is an ordinary character.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What scripts have as values of parameters.</summary>
    private protected virtual Hashtable ScriptParameters => [];

    protected override void ProcessRecord()
    {
        var paths = new SourcePaths(this);
        foreach (var path in Path)
        {
            paths.AddPattern(path);
        }

        foreach (var path in LiteralPath)
        {
            paths.AddLiteral(path);
        }

        foreach (var path in paths.All)
        {
            try
            {
                Process(path);
            }
            catch (PacsbinException e)
            {
                WriteError(ErrorRecords.Of(e, path));
            }
        }
    }

    /// <summary>Does the work for one script; what it throws becomes an error record whose target is the file.</summary>
    /// <exception cref="PacsbinException">Any.</exception>
    private protected abstract void Process(string path);

    /// <summary>Reads a script and warns of what looks wrong.</summary>
    /// <exception cref="PacsbinException">InvalidScript; FileNotFound, FileAccessDenied or FileIo.</exception>
    private protected AnonymizerScript Load(string path, bool exact) => (reader ??= new ScriptReader(this, ScriptParameters)).Read(path, exact);
}
