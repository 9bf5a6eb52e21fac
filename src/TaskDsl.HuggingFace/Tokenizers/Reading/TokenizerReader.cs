namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>Finds out which kind of tokenizer a folder has: the most exact file wins.</summary>
internal static class TokenizerReader
{
    public static string[] FileNames { get; } =
    ["tokenizer.json", "vocab.json", "merges.txt", "vocab.txt", .. SentencePieceReader.FileNames];

    public static TokenizerParts Read(TokenizerFiles files, string place)
    {
        if (files.Json("tokenizer.json") is { } json)
            return TokenizerSettings.Apply(TokenizerJsonReader.Read(json, files), json);
        if (files.Has("vocab.json") && files.Has("merges.txt"))
            return VocabularyAndMergesReader.Read(files);
        if (SentencePieceReader.FileNames.FirstOrDefault(files.Has) is { } model)
            return SentencePieceReader.Read(files, model);
        if (files.Has("vocab.txt"))
            return VocabularyTextReader.Read(files);
        throw new ModelException(
            $"'{place}' has no tokenizer.json, and no other tokenizer: expected vocab.json with merges.txt, vocab.txt, "
                + $"{string.Join(", ", SentencePieceReader.FileNames)}."
        );
    }
}
