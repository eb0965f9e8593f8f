using System.Collections;
using System.Management.Automation;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Projects;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.PowerShell;

/// <summary>The files that tell a run what to do: device library, anonymizer script, lookup table, filter. What is wrong with one ends the command.</summary>
/// <param name="cmdlet">The cmdlet, against whose location paths are resolved.</param>
/// <param name="exact">Whether CTP's files are read as CTP reads them.</param>
internal sealed class RunFiles(PSCmdlet cmdlet, bool exact)
{
    public DeviceLibrary? Devices { get; private set; }

    public AnonymizerScript? Script { get; private set; }

    public CtpLookupTable? LookupTable { get; private set; }

    public DatasetFilter? Filter { get; private set; }

    public void ReadDevices(string? path)
    {
        Devices = Read(path, p => DeviceLibrary.Load(p, exact));
        Warn(path, Devices?.Problems);
    }

    public void ReadScript(string? path, Hashtable parameters) => Script = Read(path, p => new ScriptReader(cmdlet, parameters).Read(p, exact));

    public void ReadLookupTable(string? path) => LookupTable = Read(path, CtpLookupTable.Load);

    /// <summary>Reads a filter: a file if there is one of that name, otherwise the text itself.</summary>
    public void ReadFilter(string? textOrPath)
    {
        if (textOrPath is null)
        {
            return;
        }

        try
        {
            Filter = FileOf(textOrPath) is { } path ? DatasetFilter.Load(path, exact) : DatasetFilter.Parse(textOrPath, exact);
        }
        catch (PacsbinException e)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.Of(e, "-Filter", FileOf(textOrPath) is null ? "There is no file of that name, so it was read as a filter." : null));
        }

        Warn("-Filter", Filter!.Problems);
    }

    private string? FileOf(string text)
    {
        try
        {
            return SourcePaths.Resolve(cmdlet, text) is var path && File.Exists(path) ? path : null;
        }
        catch (PacsbinException)
        {
            return null; // the text of a filter is seldom a path
        }
    }

    private T? Read<T>(string? given, Func<string, T> read)
        where T : class
    {
        if (given is null)
        {
            return null;
        }

        try
        {
            var path = SourcePaths.Resolve(cmdlet, given);
            return Directory.Exists(path) ? throw new PacsbinException(PacsbinError.FileNotFound, "Expected a file, found a folder.") : read(path);
        }
        catch (PacsbinException e)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.Of(e, given));
            throw;
        }
    }

    private void Warn(string? of, IReadOnlyList<ScriptProblem>? problems)
    {
        foreach (var problem in problems ?? [])
        {
            cmdlet.WriteWarning(ErrorRecords.Printable($"{of}: {problem}"));
        }
    }
}
