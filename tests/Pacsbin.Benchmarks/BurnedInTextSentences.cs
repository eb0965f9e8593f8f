using System.Globalization;

namespace Pacsbin.Benchmarks;

/// <summary>Makes up what scanners and secretaries write into pictures.</summary>
internal static class BurnedInTextSentences
{
    private static readonly string[] Surnames = ["Doe", "Müller", "Lindqvist", "O'Brien", "García", "Schmidt", "Nowak", "Okafor", "Jansen", "Ivanova", "Li", "Peyrot"];
    private static readonly string[] Names = ["Jane", "Anna-Maria", "Tom", "Jörg", "Sofía", "Bill", "Wanda", "Ngozi", "Piet", "Olga", "Wei", "Luc"];
    private static readonly string[] Hospitals = ["St. Mary's Hospital", "Klinikum Nord", "General Hospital", "CHU Bicêtre", "Univ. Med. Center", "Praxis Dr. Vogel", "RADIOLOGY 3"];
    private static readonly string[] Kanji = ["山田太郎", "佐藤花子", "東京大学病院", "患者番号", "生年月日", "鈴木一郎", "検査日", "放射線科", "国立病院機構"];

    public static string Make(Random random, bool kanji)
    {
        string Pick(string[] from) => from[random.Next(from.Length)];
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var date = new DateTime(1930, 1, 1).AddSeconds(random.NextInt64(3_000_000_000));
        if (kanji)
        {
            return random.Next(2) == 0 ? Pick(Kanji) : Pick(Kanji) + Pick(Kanji);
        }

        return random.Next(16) switch
        {
            0 => Text($"{Pick(Surnames)}^{Pick(Names)}").ToUpperInvariant(),
            1 or 2 => Text($"{Pick(Surnames)}, {Pick(Names)}"),
            3 => Text($"{Pick(Names)} {Pick(Surnames)}"),
            4 => Text($"MRN: {random.Next(10_000_000):D8}"),
            5 => Text($"{date:yyyy-MM-dd HH:mm:ss}"),
            6 => Text($"DOB {date:dd.MM.yyyy}"),
            7 => Text($"{date:M/d/yyyy h:mm tt}").ToUpperInvariant(),
            8 => Pick(Hospitals),
            9 => Text($"W {random.Next(80, 2000)} L {random.Next(20, 500)}"),
            10 => Text($"kV {random.Next(80, 140)} mA {random.Next(50, 400)}"),
            11 => Text($"Acc# {random.Next(100_000_000)}"),
            12 => Text($"{(random.Next(2) == 0 ? 'M' : 'F')} {random.Next(100):D3}Y"),
            13 => Text($"FR {random.Next(10, 60)}Hz {random.Next(4, 20)}cm MI {random.NextDouble() * 1.9:F1}"),
            14 => Text($"ID{random.Next(1_000_000)}"),
            _ => Text($"Pat. {Pick(Surnames)} {date:dd/MM/yy}"),
        };
    }
}
