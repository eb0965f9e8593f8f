using System.Text.Json;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>The configuration file of an <see cref="OrthancServer"/>.</summary>
internal static class OrthancConfiguration
{
    /// <summary>Has a line with the SOP Instance UID of each instance that came.</summary>
    public const string ArrivalsFile = "arrivals.txt";

    /// <summary>Writes the file, and those that it names.</summary>
    /// <returns>Its path.</returns>
    public static string Write(OrthancOptions options, string folder, int port, int dicomPort, string plugin)
    {
        var storage = Directory.CreateDirectory(Path.Join(folder, "storage")).FullName;
        var entries = new Dictionary<string, object>
        {
            ["Name"] = "Test",
            ["StorageDirectory"] = storage,
            ["IndexDirectory"] = storage,
            ["StorageCompression"] = false,
            ["SyncStorageArea"] = false,
            ["StoreMD5ForAttachments"] = false,
            ["SaveJobs"] = false,
            ["OverwriteInstances"] = options.Overwrites,
            ["Plugins"] = new[] { plugin },
            ["DicomWeb"] = new Dictionary<string, object> { ["Enable"] = true, ["Root"] = "/dicom-web/", ["Ssl"] = options.Certificate is not null },
            ["WebDavEnabled"] = false,
            ["HttpPort"] = port,
            // Its sockets are open to every network, but it answers this machine alone.
            ["RemoteAccessAllowed"] = false,
            ["DicomPort"] = dicomPort,
            ["DicomAet"] = OrthancServer.AeTitle,
            ["DicomAlwaysAllowEcho"] = true,
            ["DicomAlwaysAllowStore"] = true,
            ["UnknownSopClassAccepted"] = true,
            ["AuthenticationEnabled"] = options.Users.Count > 0,
            ["RegisteredUsers"] = options.Users,
        };
        if (options.CountsArrivals)
        {
            entries["LuaScripts"] = new[] { WriteArrivalsScript(folder) };
        }

        foreach (var (name, value) in options.More)
        {
            entries[name] = value;
        }

        var path = Path.Join(folder, "orthanc.json");
        File.WriteAllText(path, JsonSerializer.Serialize(entries));
        return path;
    }

    private static string WriteArrivalsScript(string folder)
    {
        var path = Path.Join(folder, "arrivals.lua");
        File.WriteAllText(path, $$"""
            function ReceivedInstanceFilter(dicom, origin, info)
              local file = io.open([[{{Path.Join(folder, ArrivalsFile)}}]], 'a')
              file:write(dicom['SOPInstanceUID'] .. '\n')
              file:close()
              return true
            end
            """);
        return path;
    }
}
