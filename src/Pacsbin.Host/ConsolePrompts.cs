using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Pacsbin.Host;

/// <summary>Asks the person at the terminal, and says what to do instead when nobody is there.</summary>
sealed class ConsolePrompts(ConsoleUserInterface console)
{
    volatile bool isReading;

    public bool IsReading => isReading;

    /// <summary>Reads one line; a redirected standard input answers too, until it ends.</summary>
    public string ReadLine() => Waiting(Console.In.ReadLine) ?? throw new HostException("An answer is wanted, but standard input has ended.");

    public SecureString ReadSecret()
    {
        var secret = new SecureString();
        if (Console.IsInputRedirected)
        {
            foreach (char c in ReadLine()) secret.AppendChar(c);
            return secret;
        }
        for (ConsoleKeyInfo key; (key = Waiting(() => Console.ReadKey(intercept: true))).Key != ConsoleKey.Enter;)
        {
            if (key.Key != ConsoleKey.Backspace) Append(secret, key.KeyChar);
            else if (secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
                console.Write("\b \b");
            }
        }
        console.WriteLine("");
        return secret;
    }

    public int AskChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (Console.IsInputRedirected)
            throw new HostException($"{caption} {message} This needs an answer, and standard input is not a terminal. Run with -Confirm:$false to go on without asking.");
        Say(caption, message);
        var keys = choices.Select(Key).ToList();
        while (true)
        {
            console.Write(string.Concat(choices.Select((c, i) => $"[{keys[i]}] {c.Label.Replace("&", "", StringComparison.Ordinal)}  ")));
            console.Write(defaultChoice >= 0 ? $"[?] Help (default is \"{keys[defaultChoice]}\"): " : "[?] Help: ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            int chosen = keys.FindIndex(k => answer.Equals(k, StringComparison.OrdinalIgnoreCase));
            if (chosen < 0) chosen = choices.ToList().FindIndex(c => answer.Equals(c.Label.Replace("&", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0) return chosen;
            if (answer != "?") continue;
            foreach (var choice in choices) console.WriteLine($"{Key(choice)} - {choice.HelpMessage}");
        }
    }

    public Dictionary<string, PSObject> AskFields(string caption, string message, Collection<FieldDescription> fields)
    {
        if (Console.IsInputRedirected)
            throw new HostException($"{string.Join(", ", fields.Select(f => f.Name))}: a value is missing, and standard input is not a terminal.");
        Say(caption, message);
        return fields.ToDictionary(f => f.Name, AskField);
    }

    public PSCredential AskCredential(string caption, string message, string? userName)
    {
        Say(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            console.Write("User: ");
            userName = ReadLine();
        }
        console.Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadSecret());
    }

    PSObject AskField(FieldDescription field)
    {
        var type = Type.GetType(field.ParameterAssemblyFullName) ?? typeof(string);
        if (type == typeof(PSCredential)) return PSObject.AsPSObject(AskCredential(field.Name, field.HelpMessage, null));
        if (!type.IsArray)
        {
            console.Write(field.Name + ": ");
            return PSObject.AsPSObject(type == typeof(SecureString) ? ReadSecret() : ReadLine());
        }
        var values = new List<string>();
        while (true)
        {
            console.Write($"{field.Name}[{values.Count}]: ");
            string value = ReadLine();
            if (value.Length == 0) return PSObject.AsPSObject(values.ToArray());
            values.Add(value);
        }
    }

    void Append(SecureString secret, char typed)
    {
        if (char.IsControl(typed)) return;
        secret.AppendChar(typed);
        console.Write("*");
    }

    void Say(string caption, string message)
    {
        console.WriteLine("");
        if (!string.IsNullOrEmpty(caption)) console.WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) console.WriteLine(message);
    }

    static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    T Waiting<T>(Func<T> read)
    {
        isReading = true;
        try
        {
            return read();
        }
        finally
        {
            isReading = false;
        }
    }
}
