using System.Collections.Frozen;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Names CTP's functions, and the results that are written like functions: keep, remove, empty, blank.</summary>
internal enum ScriptFunction
{
    Always,
    Append,
    Blank,
    Call,
    Contents,
    Date,
    DateInterval,
    Decrypt,
    Empty,
    Encrypt,
    Hash,
    HashDate,
    HashName,
    HashPtId,
    HashUid,
    If,
    IncrementDate,
    Initials,
    Integer,
    Keep,
    Lookup,
    LowerCase,
    ModifyDate,
    Param,
    PathElement,
    Process,
    Quarantine,
    Remove,
    Require,
    Round,
    Select,
    Skip,
    Time,
    Truncate,
    UpperCase,
    Value,
}

/// <summary>What an argument is read as.</summary>
internal enum ArgumentKind
{
    /// <summary>Text that stands for itself.</summary>
    Text,

    /// <summary>A whole number, which is not taken from a parameter.</summary>
    Number,

    /// <summary>An attribute.</summary>
    Element,

    /// <summary>Attributes with bars between them.</summary>
    Elements,

    /// <summary>Text, or a parameter; one that is not defined has no value.</summary>
    Parameter,

    /// <summary>Text, or a parameter; one that is not defined stands for itself.</summary>
    TextOrParameter,
}

/// <summary>What a function is called with.</summary>
/// <param name="Arguments">The kind of each.</param>
/// <param name="Least">How many of them there must be.</param>
/// <param name="Clauses">How many braces follow.</param>
internal sealed record FunctionShape(ArgumentKind[] Arguments, int Least, int Clauses);

/// <summary>The names of the functions, which are case-sensitive, and what each is called with.</summary>
internal static class ScriptFunctions
{
    private static readonly FrozenDictionary<string, ScriptFunction> Names =
        Enum.GetValues<ScriptFunction>().ToFrozenDictionary(function => function.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly FunctionShape[] Shapes = [.. Enum.GetValues<ScriptFunction>().Select(Describe)];

    internal static ScriptFunction? Find(string name) => Names.TryGetValue(name, out var function) ? function : null;

    /// <summary>The name that was probably meant: the same in another case, or one character off; null if there is none.</summary>
    internal static string? Like(string name)
    {
        var lower = name.ToLowerInvariant();
        return lower.Length > 16 ? null : Names.Keys.Where(known => IsNear(known, lower)).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    internal static FunctionShape ShapeOf(ScriptFunction function) => Shapes[(int)function];

    // e element, k elements, p parameter, o text or parameter, n number, t text; optional ones behind the question mark.
    private static FunctionShape Describe(ScriptFunction function) => function switch
    {
        ScriptFunction.Append => Shape("", 1),
        ScriptFunction.Blank => Shape("n"),
        ScriptFunction.Call => Shape("t?tttttttt"),
        ScriptFunction.Contents => Shape("e?tt"),
        ScriptFunction.Date or ScriptFunction.Time => Shape("?t"),
        ScriptFunction.DateInterval => Shape("ete?p"),
        ScriptFunction.Decrypt or ScriptFunction.Encrypt or ScriptFunction.Round => Shape("ep"),
        ScriptFunction.Hash => Shape("e?p"),
        ScriptFunction.HashDate => Shape("ee"),
        ScriptFunction.HashName => Shape("ep?p"),
        ScriptFunction.HashPtId => Shape("pe?p"),
        ScriptFunction.HashUid => Shape("pe?e"),
        ScriptFunction.If => Shape("et?o", 2),
        ScriptFunction.IncrementDate => Shape("ep?p"),
        ScriptFunction.Initials or ScriptFunction.Truncate => Shape("e?n"),
        ScriptFunction.Integer => Shape("et?n"),
        ScriptFunction.Lookup => Shape("kt?tt"),
        ScriptFunction.LowerCase or ScriptFunction.UpperCase => Shape("e"),
        ScriptFunction.ModifyDate => Shape("eppp"),
        ScriptFunction.Param => Shape("p"),
        ScriptFunction.PathElement => Shape("en"),
        ScriptFunction.Require => Shape("?et"),
        ScriptFunction.Select => Shape("", 2),
        ScriptFunction.Value => Shape("e?t"),
        _ => Shape(""),
    };

    private static FunctionShape Shape(string arguments, int clauses = 0)
    {
        var least = arguments.IndexOf('?', StringComparison.Ordinal);
        var kinds = arguments.Where(c => c != '?').Select(c => c switch
        {
            'e' => ArgumentKind.Element,
            'n' => ArgumentKind.Number,
            'k' => ArgumentKind.Elements,
            'p' => ArgumentKind.Parameter,
            'o' => ArgumentKind.TextOrParameter,
            _ => ArgumentKind.Text,
        });
        return new FunctionShape([.. kinds], least < 0 ? arguments.Length : least, clauses);
    }

    /// <summary>Whether one insertion, deletion, replacement or swap of neighbours makes one word the other.</summary>
    private static bool IsNear(string a, string b)
    {
        var start = a.AsSpan().CommonPrefixLength(b);
        var end = 0;
        while (end < Math.Min(a.Length, b.Length) - start && a[^(end + 1)] == b[^(end + 1)])
        {
            end++;
        }

        var (left, right) = (a[start..^end], b[start..^end]);
        return Math.Max(left.Length, right.Length) <= 1 || (left is [var x, var y] && right == $"{y}{x}");
    }
}
