namespace Pacsbin.Deidentification.Scripts;

/// <summary>Names the ways to write an anonymizer script.</summary>
public enum ScriptFormat
{
    /// <summary>CTP's older form: lines such as <c>set.[0010,0010]PatientName=@empty()</c>.</summary>
    CtpProperties,

    /// <summary>CTP's form of today: <c>&lt;script&gt;</c> with p, e, k and r.</summary>
    CtpXml,

    /// <summary>Pacsbin's form: an object with variables, rules and options.</summary>
    PacsbinJson,
}
