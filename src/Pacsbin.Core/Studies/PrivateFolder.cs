namespace Pacsbin.Studies;

/// <summary>Folders that nobody but their owner can read; Windows leaves that to the folder that they are in.</summary>
public static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, if it is not there; gives its path.</summary>
    public static string Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }

        return path;
    }

    /// <summary>The full path of a folder of the user's, which need not exist: the one that an environment variable names, else one in the user's application data.</summary>
    /// <exception cref="PacsbinException">FileNotFound if the user has no application data.</exception>
    public static string OfUser(string environmentVariable, string name)
    {
        if (Environment.GetEnvironmentVariable(environmentVariable) is { Length: > 0 } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        var place = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return place.Length > 0
            ? Path.Join(place, "Pacsbin", name)
            : throw new PacsbinException(PacsbinError.FileNotFound, $"The user has no folder for application data. Set {environmentVariable} to a folder.");
    }
}
