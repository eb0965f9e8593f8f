using System.Globalization;
using System.Text;

namespace Pacsbin.Archives;

/// <summary>Which studies an archive is asked for; what is null does not matter. <c>*</c> and <c>?</c> are wildcards (PS3.4 C.2.2.2.4), but not in a UID.</summary>
public sealed record StudyQuery
{
    public string? StudyInstanceUid { get; init; }

    public string? PatientId { get; init; }

    /// <summary>Patient's Name, with its component delimiters.</summary>
    public string? PatientName { get; init; }

    /// <summary>Whether the archive may take names that sound alike; many archives cannot, and look for the very name then.</summary>
    public bool IsFuzzy { get; init; }

    public string? AccessionNumber { get; init; }

    /// <summary>One of Modalities in Study.</summary>
    public string? Modality { get; init; }

    /// <summary>The first Study Date.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The last Study Date.</summary>
    public DateOnly? Until { get; init; }

    public override string ToString() => nameof(StudyQuery);

    /// <summary>The parameters as PS3.18 8.3.4 has them, without the question mark.</summary>
    internal string Parameters()
    {
        var text = new StringBuilder("includefield=00081030&includefield=00080061&includefield=00201208&includefield=00100021");
        Add("0020000D", StudyInstanceUid);
        Add("00100020", PatientId);
        Add("00100010", PatientName);
        Add("00080050", AccessionNumber);
        Add("00080061", Modality);
        if (Since is not null || Until is not null)
        {
            Add("00080020", $"{DateText(Since)}-{DateText(Until)}");
        }

        if (IsFuzzy)
        {
            Add("fuzzymatching", "true");
        }

        return text.ToString();

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                text.Append('&').Append(key).Append('=').Append(Escape(value));
            }
        }
    }

    /// <summary>Wildcards stand for themselves in a query (RFC 3986 3.4), and not every archive decodes them.</summary>
    private static string Escape(string value) => Uri.EscapeDataString(value).Replace("%2A", "*", StringComparison.Ordinal).Replace("%3F", "?", StringComparison.Ordinal);

    private static string DateText(DateOnly? date) => date?.ToString("yyyyMMdd", CultureInfo.InvariantCulture) ?? "";
}
