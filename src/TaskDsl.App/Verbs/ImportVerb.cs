using System.CommandLine;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Onnx;

namespace TaskDsl.App.Verbs;

/// <summary><c>import</c>: reads a model's weights out of the ONNX file that it was exported to.</summary>
internal static class ImportVerb
{
    public static Command Create(Session session)
    {
        var file = new Argument<string>("file")
        {
            Description =
                "The ONNX file of an encoder of the BERT family, in float32. The config.json and the tokenizer's files beside it are "
                + "read too; a plain BERT needs no config.json.",
        };
        var output = new Option<string>("--out")
        {
            Description = "The folder of the new model; it must be empty or not there.",
            Required = true,
        };
        var command = new Verb(
            "import",
            "Read the weights out of an ONNX file and write them as a model's folder, which can be tuned. What cannot be mapped is named.",
            "model.onnx --out models/imported"
        )
        {
            file,
            output,
        };
        command.SetAction(parsed => Run(session, parsed.GetValue(file)!, Path.GetFullPath(parsed.GetValue(output)!)));
        return command;
    }

    private static int Run(Session session, string file, string output)
    {
        ModelFolder.RefuseTaken(output);
        using var model = OnnxImport.Read(file);
        var tokenizer = OnnxImport.TokenizerOf(file);
        if (tokenizer?.VocabularySize > model.Config.VocabularySize)
            throw new UserException(
                $"the tokenizer beside {file} has {tokenizer!.VocabularySize} tokens, the model only {model.Config.VocabularySize}: they "
                    + "do not belong together."
            );
        session.Note(model.Config.Notices);
        NewFolder.Write(output, beside =>
        {
            model.Save(beside);
            tokenizer?.Save(beside);
            return output;
        });
        if (tokenizer is null)
            session.Note([$"there is no tokenizer beside {file}: put tokenizer.json or vocab.txt into {output} before it is used."]);
        session.WriteLine(output);
        return ExitCode.Success;
    }
}
