using TaskDsl.Disk;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Runs;

/// <summary>The best model or adapter of a run, in its folder <c>best</c>.</summary>
internal sealed class Keep(Recipe recipe, string projectDirectory, RunFolder folder)
{
    private string Beside => folder.Best + ".tmp";

    private string Old => folder.Best + ".old";

    /// <summary>What an adapter names as its model: an adapter that was kept below it too, and not one that it goes on from.</summary>
    private string Base =>
        recipe.Model is not StoredModel stored ? ""
        : stored is { Adapter: AdapterUse.Train } && AdapterFolder.IsAdapter(Path.Combine(projectDirectory, stored.FindFolder()))
            ? AdapterFolder.ModelFolder(Path.Combine(projectDirectory, stored.FindFolder()))
        : stored.FindFolder();

    /// <summary>Writes the model beside the best one so far, flushes it to the disk, then puts it in its place.</summary>
    public void Save(TunedModel tuned, LoadedModel model)
    {
        Remove(Beside);
        Directory.CreateDirectory(Beside);
        try
        {
            tuned.Save(Beside, Base);
            if (tuned.SavesWholeModel)
            {
                model.Tokenizer.Save(Beside);
                model.ChatTemplate?.Save(Beside);
            }

            WordFiles.ChatFormat.Write(Beside, model.ChatFormat);
            if (!tuned.SavesWholeModel)
                WordFiles.BaseWeights.Write(Beside, model.Model.Config.Weights);
            DiskFolder.FlushFiles(Beside); // Whoever wrote them.
        }
        catch
        {
            Remove(Beside); // On a full disk it would be in the way of what is to be saved next.
            throw;
        }

        Remove(Old);
        if (Directory.Exists(folder.Best))
            Directory.Move(folder.Best, Old);
        Directory.Move(Beside, folder.Best);
        DiskFolder.Flush(folder.Path);
        Remove(Old);
    }

    /// <summary>Tidies up behind a kill: between two renames the best model stands under its other name.</summary>
    /// <param name="expected">Whether the run has saved one.</param>
    /// <exception cref="RunException">It is gone.</exception>
    public void Recover(bool expected)
    {
        Remove(Beside);
        if (!Directory.Exists(folder.Best) && Directory.Exists(Old))
            Directory.Move(Old, folder.Best);
        Remove(Old);
        if (expected && !Directory.Exists(folder.Best))
            throw new RunException(
                $"The run in {folder.Path} cannot go on: its best model so far is no longer in {folder.Best}. Put it back, or "
                    + "start the run anew without --resume."
            );
    }

    /// <summary>Reads it back from what was written: what others will load is what is measured here.</summary>
    public LoadedModel Open(Device device)
    {
        var model = Read(device);
        (model.AnswersIn, model.Tf32) = (recipe.AnswersOn(device), recipe.Tf32);
        return model;
    }

    private LoadedModel Read(Device device)
    {
        if (!AdapterFolder.IsAdapter(folder.Best))
            return LoadedModel.Load(folder.Best, device, recipe.Model.ChatFormat, answersIn: recipe.AnswersOn(device));
        var model = recipe.Model.Open(
            new ModelRequest
            {
                ProjectDirectory = projectDirectory,
                Device = device,
                Head = recipe.Objective.Head([.. recipe.Tasks.Where(t => t.Weight > 0).Select(t => t.Task)]),
                Seed = recipe.Seed,
                Frozen = recipe.FrozenOn(device),
            }
        );
        try
        {
            model.PutResult(folder.Best);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
