using System.Security.Cryptography;
using System.Text;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Redaction.Devices;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Holds an anonymizer script of CTP or Pacsbin, in whichever form it is written.</summary>
/// <remarks>Safe for use by several threads.</remarks>
public sealed class AnonymizerScript
{
    /// <summary>The most bytes that a script may have.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private const string What = "script";

    private AnonymizerScript(ScriptFormat format, bool isExact, ScriptContent content, string fingerprint)
    {
        Format = format;
        IsExact = isExact;
        Parameters = content.Parameters;
        Rules = content.Rules;
        Options = content.Options;
        Problems = [.. content.Problems.OrderBy(p => p.Line).ThenBy(p => p.Column)];
        Fingerprint = fingerprint;
    }

    /// <summary>The form that the script is written in.</summary>
    public ScriptFormat Format { get; }

    /// <summary>Whether the script was read to do exactly what CTP does, leaks included.</summary>
    public bool IsExact { get; }

    /// <summary>In the order of the text, each name once.</summary>
    public IReadOnlyList<ScriptParameter> Parameters { get; }

    /// <summary>In the order of the text, those that are switched off included. Of two for one attribute the last that is switched on counts.</summary>
    public IReadOnlyList<ScriptRule> Rules { get; }

    /// <summary>What happens to attributes without a rule.</summary>
    public ScriptOptions Options { get; }

    /// <summary>What was read and yet looks wrong, in the order of the text.</summary>
    public IReadOnlyList<ScriptProblem> Problems { get; }

    /// <summary>Whether a rule hashes numbers, names or dates, of which there are so few that without a key they are found by trying.</summary>
    public bool HashesGuessable => Rules.Any(r => r.IsEnabled && r.Expression.Calls.Any(c =>
        c.Function is ScriptFunction.Hash or ScriptFunction.HashPtId or ScriptFunction.HashName or ScriptFunction.HashDate));

    /// <summary>Equal for scripts with the same text, read the same way with the same parameters: SHA-256 as 64 hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a script's file: UTF-8, UTF-16 with its mark, or Latin-1; JSON is UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="exact">As in <see cref="Parse"/>.</param>
    /// <param name="parameters">As in <see cref="Parse"/>.</param>
    /// <exception cref="PacsbinException">InvalidScript with line and column; FileNotFound, FileAccessDenied or FileIo.</exception>
    public static AnonymizerScript Load(string path, bool exact = false, IReadOnlyDictionary<string, string>? parameters = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(ScriptFile.Read(path, What, MostBytes, text => FormatOf(text) == ScriptFormat.PacsbinJson), exact, parameters);
    }

    /// <summary>Reads a script. It is JSON if it starts with a brace, XML if a line starts with a less-than sign, and lines of properties otherwise.</summary>
    /// <param name="text">The script.</param>
    /// <param name="exact">Whether to do exactly what CTP does; otherwise a parameter that is not defined is an error.</param>
    /// <param name="parameters">Values that take the place of the script's, or that it lacks; null for none.</param>
    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    public static AnonymizerScript Parse(string text, bool exact = false, IReadOnlyDictionary<string, string>? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MostBytes)
        {
            throw ScriptFile.TooLong(What, MostBytes);
        }

        var format = FormatOf(text);
        var content = ReadContent(text, format);
        Override(content.Parameters, parameters);
        new ScriptCheck(content, exact).Run();
        var script = new AnonymizerScript(format, exact, content, FingerprintOf(text, format, exact, parameters));
        _ = CompiledScript.Compile(script, new ScriptEnvironment()); // rules that refer to one another in a circle cannot run
        return script;
    }

    /// <summary>Writes the script in CTP's XML; reading it gives the same rules, parameters and options.</summary>
    /// <exception cref="PacsbinException">InvalidScript for what CTP's XML cannot say.</exception>
    public string ToCtpXml() => CtpXmlWriter.Write(this);

    /// <summary>Writes the script in Pacsbin's JSON; reading it gives the same rules, parameters and options.</summary>
    /// <exception cref="PacsbinException">InvalidScript for what Pacsbin's JSON cannot say.</exception>
    public string ToPacsbinJson() => PacsbinJsonWriter.Write(this);

    /// <summary>Writes the script to a file, in UTF-8, which appears when it is whole.</summary>
    /// <param name="path">The file, in a folder that exists.</param>
    /// <param name="format">CtpXml or PacsbinJson.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <exception cref="PacsbinException">InvalidScript for what the format cannot say; DestinationExists, FileNotFound, FileAccessDenied or FileIo.</exception>
    public void Save(string path, ScriptFormat format, bool force = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var text = format switch
        {
            ScriptFormat.CtpXml => ToCtpXml(),
            ScriptFormat.PacsbinJson => ToPacsbinJson(),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Scripts are written as CTP's XML or Pacsbin's JSON."),
        };
        WholeFile.Write(path, Encoding.UTF8.GetBytes(text), ownerOnly: false, replace: force);
    }

    public override string ToString() => $"{Rules.Count} rules";

    /// <summary>The attributes whose values a rule may leave in a copy, in one form or another.</summary>
    internal IEnumerable<ScriptKey> DecidedAttributes => Rules.Where(r => r.IsEnabled && r.Text is not ("" or "@remove()" or "@empty()")).Select(r => r.Key).Distinct();

    /// <summary>Reads a script without looking for what is wrong with its rules.</summary>
    internal static ScriptContent ReadContent(string text, ScriptFormat format)
    {
        var content = format switch
        {
            ScriptFormat.PacsbinJson => new PacsbinJson(text).Read(),
            ScriptFormat.CtpXml => new CtpXml(text).Read(),
            _ => new CtpProperties(text).Read(),
        };
        return content.Rules.Count > 0 || content.Options != new ScriptOptions() ? content
            : throw new ScriptText(text).Error(text.Length, "The script has neither a rule nor an option: it would change nothing.");
    }

    private static ScriptFormat FormatOf(string text)
    {
        if (text.AsSpan().TrimStart() is ['{', ..])
        {
            return ScriptFormat.PacsbinJson;
        }

        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.TrimStart() is ['<', ..])
            {
                return ScriptFormat.CtpXml;
            }
        }

        return ScriptFormat.CtpProperties;
    }

    private static void Override(List<ScriptParameter> own, IReadOnlyDictionary<string, string>? others)
    {
        foreach (var (name, value) in others ?? new Dictionary<string, string>())
        {
            var index = own.FindIndex(p => p.Name == name);
            if (index >= 0)
            {
                own[index] = own[index] with { Value = value };
            }
            else
            {
                own.Add(new ScriptParameter(name, value, 0, 0));
            }
        }
    }

    private static string FingerprintOf(string text, ScriptFormat format, bool exact, IReadOnlyDictionary<string, string>? parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<string> parts = [$"{format} {exact}", text];
        foreach (var (name, value) in (parameters ?? new Dictionary<string, string>()).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            parts.Add(name);
            parts.Add(value);
        }

        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
