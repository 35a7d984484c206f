//! Curves as a table for other programs.

use super::{Measure, Recording};

impl Recording {
    /// One line for each loss, seed and evaluation. `heat` counts the losses from 0; `train_seconds` is of the heat with
    /// all its seeds. A seed that had ended has no values, and `true` under `stopped`. Every field
    /// is a number or an id, so none has to be quoted.
    pub fn to_csv(&self) -> String {
        let before = [
            "heat",
            "loss",
            "seed",
            "step",
            "samples",
            "train_seconds",
            "training_loss",
        ];
        let measures = Measure::ALL.iter().map(|measure| measure.id());
        let after = ["stopped", "lr", "proxy_lr_factor"];
        let head: Vec<&str> = before.into_iter().chain(measures).chain(after).collect();
        let mut table = head.join(",") + "\n";
        for (index, heat) in self.heats.iter().enumerate() {
            for point in &heat.points {
                let (lr, proxy_lr_factor) = heat.rates_at(point.step);
                for (lane, values) in point.lanes.iter().enumerate() {
                    let mut row = vec![
                        index.to_string(),
                        heat.entry.loss.info().id.to_owned(),
                        (self.experiment.first_seed + lane as u64).to_string(),
                        point.step.to_string(),
                        point.samples.to_string(),
                        point.train_seconds.to_string(),
                        cell(values.and_then(|values| values.loss)),
                    ];
                    let value = |&measure| cell(values.and_then(|values| values.get(measure)));
                    row.extend(Measure::ALL.iter().map(value));
                    row.push(values.is_none().to_string());
                    row.extend([lr, proxy_lr_factor].map(|rate| rate.to_string()));
                    table += &row.join(",");
                    table.push('\n');
                }
            }
        }
        table
    }
}

/// A number, or nothing where nothing was measured.
fn cell(value: Option<f32>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::recording::tests::linear;
    use crate::record::{Measure, Rates};

    /// Columns of measures that are new stand among them.
    #[test]
    fn columns_keep_their_names_and_their_order() {
        const EARLIER: &str = "heat,loss,seed,step,samples,train_seconds,training_loss,recall_at_1,r_precision,map_at_r,\
                               tightness,contrast,stopped,lr,proxy_lr_factor";
        let earlier: Vec<&str> = EARLIER.split(',').collect();
        let text = linear(&[&[100.0]], 0.5).to_csv();
        let mut columns: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        assert_eq!(columns.len(), 10 + Measure::COUNT);
        columns.retain(|column| earlier.contains(column));
        assert_eq!(columns, earlier);
    }

    #[test]
    fn csv_has_a_line_a_loss_seed_and_evaluation() {
        let mut recording = linear(&[&[100.0, 120.0], &[200.0, 400.0]], 0.5);
        recording.experiment.first_seed = 7;
        recording.heats[1].stopped.push((1, 60));
        for point in &mut recording.heats[1].points[3..] {
            point.lanes[1] = None;
        }
        let text = recording.to_csv();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let column = |name: &str| columns.iter().position(|column| column == name).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2 * 2 * 21);
        // Heat 1, lane 1 (seed 8), step 40: a tenth of the way to 0.5.
        let row = rows
            .iter()
            .find(|row| &row[0] == "1" && &row[2] == "8" && &row[3] == "40")
            .unwrap();
        assert_eq!(row[column("map_at_r")].parse::<f32>().unwrap(), 0.05);
        assert_eq!(&row[column("samples")], "2400");
        assert_eq!(&row[column("stopped")], "false");
        // From step 60 on that lane has no values.
        let row = rows
            .iter()
            .find(|row| &row[0] == "1" && &row[2] == "8" && &row[3] == "60")
            .unwrap();
        assert_eq!(
            (&row[column("map_at_r")], &row[column("stopped")]),
            ("", "true")
        );
        assert_eq!(
            &row[column("loss")],
            recording.heats[1].entry.loss.info().id
        );
    }

    #[test]
    fn csv_has_the_rate_of_each_step() {
        let mut recording = linear(&[&[100.0]], 0.5);
        let rates = |after_step, lr| Rates {
            after_step,
            lr,
            proxy_lr_factor: 10.0,
        };
        recording.heats[0].rates = vec![rates(0, 0.25), rates(40, 0.5), rates(100, 0.125)];
        let text = recording.to_csv();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let lr = reader
            .headers()
            .unwrap()
            .iter()
            .position(|column| column == "lr")
            .unwrap();
        let found = reader
            .records()
            .map(|row| row.unwrap()[lr].to_owned())
            .collect::<Vec<_>>();
        // Evaluated every 20 steps; what is seen at step 40 was still trained with the first.
        assert_eq!(
            found[..7],
            ["0.25", "0.25", "0.25", "0.5", "0.5", "0.5", "0.125"]
        );
        recording.heats[0].rates.clear();
        assert_eq!(
            recording.heats[0].rates_at(60).0,
            recording.heats[0].entry.lr
        );
    }
}
