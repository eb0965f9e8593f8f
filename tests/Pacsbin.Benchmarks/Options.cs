using System.Globalization;

namespace Pacsbin.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    /// <summary>Begins the command line of a process that a benchmark starts of its own program.</summary>
    public const string Child = "--child";

    public const string Help = """
        dotnet run --project tests/Pacsbin.Benchmarks -c Release -- [options]
          --ct, --mr, --memory, --redact, --text, --send, --script
                                 only these parts (default: all of them)
                                 (--send needs 7 GB of disk)
          --large                memory also for 100,000 files (needs 3 GB of disk)
          --rounds <n>           rounds in one process, best counts (default 5)
          --process-rounds <n>   rounds of whole processes (default 2); 0 leaves the peer out
          --parallel <n>         degree of parallelism (default: the processors)
          --data <folder>        makes the data there, or uses what is there, and keeps it
          --keep                 keeps the temporary folder
        """;

    public bool Ct { get; private set; }

    public bool Mr { get; private set; }

    public bool Memory { get; private set; }

    public bool Redact { get; private set; }

    public bool Text { get; private set; }

    public bool Send { get; private set; }

    public bool Script { get; private set; }

    public bool Large { get; private set; }

    public int Rounds { get; private set; } = 5;

    public int ProcessRounds { get; private set; } = 2;

    public int Parallelism { get; private set; } = Environment.ProcessorCount;

    public string? Data { get; private set; }

    public bool Keep { get; private set; }

    /// <exception cref="FormatException">An option is unknown or lacks its value.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        string Next(string name) => rest.TryDequeue(out var value) ? value : throw new FormatException($"{name} needs a value.");
        int Number(string name) => int.Parse(Next(name), NumberStyles.None, CultureInfo.InvariantCulture);
        while (rest.TryDequeue(out var name))
        {
            switch (name)
            {
                case "--ct": options.Ct = true; break;
                case "--mr": options.Mr = true; break;
                case "--memory": options.Memory = true; break;
                case "--redact": options.Redact = true; break;
                case "--text": options.Text = true; break;
                case "--send": options.Send = true; break;
                case "--script": options.Script = true; break;
                case "--large": options.Large = true; break;
                case "--rounds": options.Rounds = Number(name); break;
                case "--process-rounds": options.ProcessRounds = Number(name); break;
                case "--parallel": options.Parallelism = Number(name); break;
                case "--data": options.Data = Path.GetFullPath(Next(name)); break;
                case "--keep": options.Keep = true; break;
                default: throw new FormatException($"Unknown option {name}.");
            }
        }

        if (!options.Ct && !options.Mr && !options.Memory && !options.Redact && !options.Text && !options.Send && !options.Script)
        {
            options.Ct = options.Mr = options.Memory = options.Redact = options.Text = options.Send = options.Script = true;
        }

        return options;
    }
}
