using Pacsbin.Deidentification.Scripts.Functions;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>What scripts need besides the file: hash, clock and tables.</summary>
internal sealed record ScriptEnvironment
{
    /// <summary>CTP's, or one under a key.</summary>
    public ScriptDigest Digest { get; init; } = ScriptDigest.Bare;

    /// <summary>Equal for the same digest and tables; it says nothing of what is in them.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>What date and time write.</summary>
    public Func<DateTime> Now { get; init; } = () => DateTime.Now;

    /// <summary>The value of a key <c>type/value</c> of the lookup table, with references followed; null for a key that it lacks. Without a table, null.</summary>
    public Func<string, string?>? Lookup { get; init; }

    /// <summary>The number that a table has for a value of a type, as so many digits at least. Without a table, null.</summary>
    public Func<string, string, int, string>? Integer { get; init; }
}
