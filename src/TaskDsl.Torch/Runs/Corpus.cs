using System.Security.Cryptography;
using System.Text;
using TaskDsl.Torch.Batches.Sources;

namespace TaskDsl.Torch.Runs;

/// <summary>A recipe's plain text.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Validation">What the run is watched on.</param>
internal sealed record Corpus(IReadOnlyList<CorpusDocument> Train, IReadOnlyList<CorpusDocument> Validation)
{
    /// <summary>Reads the files of a recipe; without any, there are no documents.</summary>
    public static Corpus Read(IReadOnlyList<string> files, string projectDirectory)
    {
        if (files.Count == 0)
            return new Corpus([], []);
        var (train, validation) = CorpusDocument.Split(CorpusDocument.Read(files, projectDirectory));
        return new Corpus(train, validation);
    }

    /// <summary>Says which documents are trained on; null for none.</summary>
    public string? Fingerprint()
    {
        if (Train.Count == 0)
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var document in Train)
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(document.Text)));
        return $"{Train.Count} documents, {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
    }
}
