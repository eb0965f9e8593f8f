namespace Pacsbin.Projects;

/// <summary>Where a project's key comes from.</summary>
public enum KeySource
{
    /// <summary>There is none at hand: one has to be given.</summary>
    None,

    /// <summary>The environment variable PACSBIN_KEY.</summary>
    Environment,

    /// <summary>The file in the project's folder.</summary>
    KeyFile,
}

/// <summary>Whether the key at hand opens a project.</summary>
public enum KeyState
{
    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It is the project's.</summary>
    Fits,

    /// <summary>It is that of another project.</summary>
    Differs,

    /// <summary>There is a key file, which others may know, or which cannot be read.</summary>
    Refused,
}

/// <summary>A project as it can be seen without opening it.</summary>
/// <param name="Folder">The full path of its folder.</param>
/// <param name="Settings">What its studies are made with.</param>
/// <param name="KeySource">Where its key would come from.</param>
/// <param name="Key">Whether that key opens it.</param>
public sealed record ProjectStatus(string Folder, ProjectSettings Settings, KeySource KeySource, KeyState Key);
