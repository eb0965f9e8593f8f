using System.Management.Automation;
using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.PowerShell;

/// <summary>Writes an anonymizer script as CTP's XML or Pacsbin's JSON.</summary>
/// <remarks>
/// <para>Scripts are lines of CTP's older form, CTP's XML, or Pacsbin's JSON, told apart by what is in them. What is written has the same rules (those that are switched off too), parameters and
/// options: it is read again and compared before it comes out. What the other form cannot say is the error InvalidScript: Pacsbin's JSON has no remove.unspecifiedelements, for example.</para>
/// <para>Without -Destination the text comes out as one string. With it, the file appears when it is whole, in UTF-8. What looks wrong in a script is a warning with line and column.</para>
/// </remarks>
/// <example>
///   <code>ConvertTo-PacsbinScript ./script.json -Format CtpXml -Destination ./script.xml</code>
///   Writes Pacsbin's script for CTP.
/// </example>
/// <example>
///   <code>ConvertTo-PacsbinScript -Path ./DicomServiceAnonymizer.script -Format PacsbinJson | ConvertFrom-Json | Select-Object -ExpandProperty rules</code>
///   Shows the rules of a script as objects.
/// </example>
/// <example>
///   <code>ConvertTo-PacsbinScript -LiteralPath './script [2].properties' -Format CtpXml -Destination ./script.xml -Force -WhatIf</code>
///   Shows what would be written in the place of an earlier file, and writes nothing.
/// </example>
/// <seealso cref="TestPacsbinScriptCommand"/>
/// <seealso>about_Pacsbin</seealso>
[Cmdlet(VerbsData.ConvertTo, "PacsbinScript", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ConvertToPacsbinScriptCommand : ScriptCmdlet
{
    private readonly HashSet<string> written = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>CtpXml or PacsbinJson.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateSet(nameof(ScriptFormat.CtpXml), nameof(ScriptFormat.PacsbinJson))]
    public ScriptFormat Format { get; set; }

    /// <summary>The file to write, in a folder that exists. No character in it is a wildcard.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Replaces a file that is in the destination's place.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(string path)
    {
        // In CTP's way, because what is only written needs no values: a parameter may be undefined.
        var script = Load(path, exact: true);
        if (Destination is null)
        {
            WriteObject(Format == ScriptFormat.CtpXml ? script.ToCtpXml() : script.ToPacsbinJson());
            return;
        }

        var file = SourcePaths.Resolve(this, Destination);
        if (Directory.Exists(file))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The destination is a folder, not a file.");
        }

        if (File.Exists(file) && !Force)
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "There is a file at the destination; -Force replaces it.");
        }

        if (!written.Add(file))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "Another script of this command is written there.");
        }

        if (ShouldProcess(file, $"Write the script as {Format}"))
        {
            script.Save(file, Format, Force);
            WriteObject(new FileInfo(file));
        }
    }
}
